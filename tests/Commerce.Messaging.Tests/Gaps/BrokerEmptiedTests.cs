using Commerce.Messaging.Outbox;
using Commerce.Messaging.Tests.Support;
using Commerce.ServerProcesses;

namespace Commerce.Messaging.Tests.Gaps;

/// <summary>The broker is disposable: whatever it loses, PostgreSQL has.</summary>
public sealed class BrokerEmptiedTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(40);

    [Fact]
    public async Task A_broker_killed_and_started_empty_while_events_flow_loses_and_doubles_nothing()
    {
        await using var kafka = await KafkaBroker.StartAsync();
        var options = await Servers.NewServiceAsync() with { Kafka = kafka.ConnectionString };
        await using var service = await TestService.StartAsync(options);
        var subjects = Enumerable.Range(0, 40).Select(_ => Guid.NewGuid()).ToArray();
        var written = 0;
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var number = written++;
                await service.PublishAsync([
                    .. subjects.Select(subject => new OutgoingEvent(subject, new Note(number))),
                ]);
                await Task.Delay(20);
            }
        });
        await Eventually.True(async () => (await service.SeenAsync(subjects[0])).Count > 10);

        kafka.Kill();
        var before = written;
        await Eventually.True(() => written > before + 20);
        await kafka.EnsureStartedAsync();
        before = written;
        await Eventually.True(() => written > before + 50);
        await stop.CancelAsync();
        await writing;

        await Eventually.True(
            async () => await service.ScalarAsync<long>("select count(*) from seen") >= written * subjects.Length,
            Timeout
        );
        foreach (var subject in subjects)
        {
            (await service.SeenAsync(subject)).Order().ShouldBe(Enumerable.Range(0, written));
        }

        (await service.ScalarAsync<long>("select epoch from relay")).ShouldBeGreaterThan(1);
    }

    /// <summary>Without anything new, the new log is as long as the consumer remembers the old one: only the epoch differs.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_consumer_that_was_away_gets_what_the_broker_lost_meanwhile(bool somethingNew)
    {
        await using var kafka = await KafkaBroker.StartAsync();
        var options = await Servers.NewServiceAsync() with { Kafka = kafka.ConnectionString };
        var subject = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(options))
        {
            await first.PublishAsync(subject, new Note(1));
            await Eventually.True(async () => (await first.SeenAsync(subject)).Count == 1);
        }

        await using var publisher = await TestService.StartAsync(options with { Consumer = null });
        await publisher.PublishAsync(subject, new Note(2), new Note(3));
        await Eventually.True(async () => await publisher.ScalarAsync<long>("select published from relay") >= 3);
        await kafka.RestartAsync(StopMode.Immediate);
        await Eventually.True(async () => await publisher.ScalarAsync<long>("select epoch from relay") == 2);
        await publisher.PublishAsync(somethingNew ? subject : Guid.NewGuid(), new Note(4));
        int[] expected = somethingNew ? [1, 2, 3, 4] : [1, 2, 3];

        await using var consumer = await TestService.StartAsync(options);

        await Eventually.True(async () => (await consumer.SeenAsync(subject)).Count >= expected.Length, Timeout);
        (await consumer.SeenAsync(subject)).Order().ShouldBe(expected);
        await Eventually.True(
            async () =>
                await consumer.ScalarAsync<long>("select count(*) from consumer_offset where missing_since is not null")
                == 0,
            Timeout
        );
    }

    /// <summary>
    /// What is in flight when the broker comes back empty is written in the old epoch, also where a consumer goes on: at the
    /// offset that it expects, in the epoch that it knows.
    /// </summary>
    [Fact]
    public async Task A_consumer_that_was_behind_gets_what_the_broker_lost_although_other_events_took_its_place()
    {
        await using var kafka = await KafkaBroker.StartAsync();
        var options = await Servers.NewServiceAsync() with { Kafka = kafka.ConnectionString };
        var subject = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(options))
        {
            await first.PublishAsync(subject, new Note(1), new Note(2), new Note(3));
            await Eventually.True(async () => (await first.SeenAsync(subject)).Count == 3);
        }

        await using var publisher = await TestService.StartAsync(options with { Consumer = null });
        await publisher.PublishAsync(subject, new Note(4), new Note(5));
        await Eventually.True(async () => await publisher.ScalarAsync<long>("select published from relay") >= 5);
        kafka.Kill();
        await publisher.PublishAsync(subject, [.. Enumerable.Range(6, 30).Select(number => new Note(number))]);
        await Eventually.True(() => publisher.Relay.InFlight == 30);
        await kafka.EnsureStartedAsync();
        await Eventually.True(async () => await publisher.ScalarAsync<long>("select published from relay") >= 35);

        await using var consumer = await TestService.StartAsync(options);

        await Eventually.True(async () => (await consumer.SeenAsync(subject)).Count >= 35, Timeout);
        (await consumer.SeenAsync(subject)).Order().ShouldBe(Enumerable.Range(1, 35));
    }

    [Fact]
    public async Task A_consumer_that_has_read_everything_misses_nothing_when_the_broker_is_emptied()
    {
        await using var kafka = await KafkaBroker.StartAsync();
        var options = await Servers.NewServiceAsync() with { Kafka = kafka.ConnectionString };
        await using var service = await TestService.StartAsync(options);
        var subject = Guid.NewGuid();
        await service.PublishAsync(subject, new Note(1), new Note(2));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 2);
        await Eventually.True(async () => await service.ScalarAsync<long>("select published from relay") >= 2);

        await kafka.RestartAsync(StopMode.Immediate);
        // Nothing is published: the relay notices by itself.
        await Eventually.True(async () => await service.ScalarAsync<long>("select epoch from relay") == 2, Timeout);
        await service.PublishAsync(subject, new Note(3));

        await Eventually.True(async () => (await service.SeenAsync(subject)).Count >= 3, Timeout);
        (await service.SeenAsync(subject)).ShouldBe([1, 2, 3]);
        (await service.ScalarAsync<long>("select count(*) from outbox where topic is not null")).ShouldBe(
            0,
            "nobody had to ask"
        );
    }

    [Fact]
    public async Task Events_that_the_broker_trimmed_past_a_consumer_come_again()
    {
        await using var kafka = await KafkaBroker.StartAsync();
        var options = await Servers.NewServiceAsync() with { Kafka = kafka.ConnectionString };
        const int Count = 6_000;
        await using (var publisher = await TestService.StartAsync(options with { Consumer = null }))
        {
            // 5 MiB stay in each of 4 partitions; this is twice as much.
            for (var written = 0; written < Count; written += 500)
            {
                await publisher.PublishAsync([
                    .. Enumerable
                        .Range(written, 500)
                        .Select(n => new OutgoingEvent(Guid.NewGuid(), new Note(n, new string('x', 7_000)))),
                ]);
            }

            await Eventually.True(
                async () => await publisher.ScalarAsync<long>("select published from relay") >= Count,
                Timeout
            );
        }

        await using var service = await TestService.StartAsync(options);

        await Eventually.True(
            async () => await service.ScalarAsync<long>("select count(*) from seen") >= Count,
            Timeout
        );
        (await service.ScalarAsync<long>("select count(distinct number) from seen")).ShouldBe(Count);
        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(Count);
        await Eventually.True(
            async () =>
                await service.ScalarAsync<long>("select count(*) from consumer_offset where missing_since is not null")
                == 0,
            Timeout
        );
    }

    [Fact]
    public async Task A_consumer_asks_again_when_the_relay_died_while_it_published_again()
    {
        var options = await Servers.NewServiceAsync() with
        {
            Settings = new() { ["Messaging:HealingLease"] = "00:00:01" },
        };
        var subject = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(options))
        {
            await first.PublishAsync(subject, new Note(1));
            await Eventually.True(async () => (await first.SeenAsync(subject)).Count == 1);
        }

        // As it is when the begin was seen and the end will never come.
        await CrashTests.ScalarAsync<int>(
            options,
            "update consumer_offset set missing_since = '-infinity', healing = gen_random_uuid() returning 1"
        );
        await using var service = await TestService.StartAsync(options);

        var number = 2;
        await Eventually.True(
            async () =>
            {
                // New events are no sign that the old ones still come.
                await service.PublishAsync(subject, new Note(number++));
                return await service.ScalarAsync<long>(
                        "select count(*) from consumer_offset where missing_since is not null"
                    ) == 0;
            },
            Timeout
        );
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == number - 1);
    }
}
