using Commerce.Data.Retention;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Commerce.Messaging.Tests.Relay;

/// <summary>The outbox loses what is old and published, and nothing else.</summary>
public sealed class OutboxRetentionTests
{
    [Fact]
    public async Task Old_published_events_go_in_batches_and_young_ones_stay()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        await PublishAsync(service, 250);
        await AgeAsync(service, "seq <= 200");

        var batches = new List<int>();
        await foreach (var removed in TrimOf(service, "outbox").RunAsync(80, CancellationToken.None))
        {
            batches.Add(removed);
        }

        batches.ShouldBe([80, 80, 40]);
        (await service.ScalarAsync<long>("select min(seq) from outbox")).ShouldBe(201);
        (await service.ScalarAsync<long>("select count(*) from outbox")).ShouldBe(50);
        (await service.ScalarAsync<long>("select count(*) from inbox")).ShouldBe(250, "the inbox remembers longer");
    }

    [Fact]
    public async Task Publishing_everything_again_after_trimming_handles_nothing_twice_and_says_that_it_was_not_all()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        using var counted = new Counted(service);
        await PublishAsync(service, 20);
        await PublishAgainAsync(service);
        counted["commerce.messaging.holes.expired"].ShouldBe(0, "everything was still there");

        await AgeAsync(service, "seq <= 15 and topic is null");
        (await RunOnceAsync(service)).ShouldBe(15);
        await PublishAgainAsync(service, time: 2);

        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(20);
        counted["commerce.messaging.republished"].ShouldBe(20 + 5);
        counted["commerce.messaging.holes.expired"].ShouldBe(1);
        counted["commerce.data.retention.removed outbox"].ShouldBe(15);
    }

    /// <summary>A consumer may have forgotten it already, however long trimming takes.</summary>
    [Fact]
    public async Task An_event_past_its_retention_is_not_published_again_though_it_is_still_there()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        using var counted = new Counted(service);
        await PublishAsync(service, 3);
        await AgeAsync(service, "seq <= 2");
        await service.ScalarAsync<int>("delete from inbox where event_id in (select id from outbox where seq <= 2)");

        await PublishAgainAsync(service);

        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(3);
        counted["commerce.messaging.republished"].ShouldBe(1);
        counted["commerce.messaging.holes.expired"].ShouldBe(1);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_not_published_stays_whatever_its_age(bool aSlotKeepsIt)
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await Servers.MigrateAsync(options);
        await using var database = NpgsqlDataSource.Create(options.Database);
        var publisher = new Publisher("/test", options.Topic);
        var slot = new ReplicationSlot(database, new(options.Database), NullLogger<ReplicationSlot>.Instance);
        await new RelayStore(database, publisher, new()).LoadAsync(CancellationToken.None);
        if (aSlotKeepsIt)
        {
            await slot.CreateAsync(CancellationToken.None);
            await CrashTests.ScalarAsync<string>(options, "update relay set backlog_from = null returning topic");
            await CrashTests.WriteAsync(options, subject, 1, 2, 3);
        }
        else
        {
            // The slot is as far as it can be, but these rows were never in it.
            await CrashTests.WriteAsync(options, subject, 1, 2, 3);
            await slot.CreateAsync(CancellationToken.None);
        }

        await CrashTests.ScalarAsync<long>(
            options,
            "with aged as (update outbox set created_at = created_at - interval '31 days' returning 1) select count(*) from aged"
        );
        if (!aSlotKeepsIt)
        {
            await CrashTests.ScalarAsync<string>(
                options,
                $"select end_lsn::text from pg_replication_slot_advance('{slot.Name}', pg_current_wal_insert_lsn())"
            );
        }

        var trim = new OutboxRetention(database, slot, publisher, new(), NullLogger<OutboxRetention>.Instance);
        await foreach (var removed in trim.RunAsync(100, CancellationToken.None))
        {
            removed.ShouldBe(0);
        }

        (await CrashTests.ScalarAsync<long>(options, "select count(*) from outbox")).ShouldBe(3);
        await using var service = await TestService.StartAsync(options);
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 3);
        await Eventually.True(async () => await RunOnceAsync(service) == 3);
        (await service.SeenAsync(subject)).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task Replicas_that_trim_at_once_leave_it_to_one_of_them()
    {
        var options = await Servers.NewServiceAsync() with { Settings = new() { ["Retention:BatchSize"] = "50" } };
        await using var first = await TestService.StartAsync(options);
        await using var second = await TestService.StartAsync(options);
        await PublishAsync(first, 150);
        await AgeAsync(first, "true");

        var removed = await Task.WhenAll(RunOnceAsync(first), RunOnceAsync(second));

        removed.Order().ShouldBe([0, 150]);
        (await first.ScalarAsync<long>("select count(*) from outbox")).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_goes_while_it_is_published_again()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        await PublishAsync(service, 5);
        await AgeAsync(service, "true");

        await using (await service.Services.GetRequiredService<OutboxReader>().HoldAsync(CancellationToken.None))
        {
            (await RunOnceAsync(service)).ShouldBe(0);
        }

        (await RunOnceAsync(service)).ShouldBe(5);
    }

    [Fact]
    public async Task A_service_trims_without_being_asked()
    {
        var options = await Servers.NewServiceAsync(consumer: null) with
        {
            Settings = new() { ["Retention:Interval"] = "00:00:00.1" },
        };
        await using var service = await TestService.StartAsync(options);
        await service.PublishAsync(Guid.NewGuid(), new Note(1));
        await AgeAsync(service, "true");

        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from outbox") == 0);
    }

    internal static IRetentionPolicy TrimOf(TestService service, string table) =>
        service.Services.GetServices<IRetentionPolicy>().Single(trim => trim.Table == table);

    internal static Task<long> RunOnceAsync(TestService service) =>
        service.Services.GetRequiredService<RetentionService>().RunOnceAsync(CancellationToken.None);

    /// <summary>Notes that are published and handled.</summary>
    internal static async Task PublishAsync(TestService service, int count)
    {
        await Eventually.True(() => service.Relay.State is RelayState.Streaming or RelayState.Standby);
        await service.PublishAsync([
            .. Enumerable.Range(0, count).Select(n => new OutgoingEvent(Guid.NewGuid(), new Note(n))),
        ]);
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from seen") == count);
    }

    /// <summary>A month passes for these rows of the outbox.</summary>
    private static Task<int> AgeAsync(TestService service, string where) =>
        service.ScalarAsync<int>($"update outbox set created_at = created_at - interval '31 days' where {where}");

    /// <summary>As a consumer would that misses everything; returns when all of it is read.</summary>
    /// <param name="time">The first, second … time for this service.</param>
    internal static async Task PublishAgainAsync(TestService service, int time = 1)
    {
        const int Partitions = 4;
        var options = service.Options;
        await new RepublishRequest(options.Topic, "somebody", Since: null).AppendAsync(
            service.Database,
            CancellationToken.None
        );
        var written = await KafkaClient.ReadAsync(
            options.Kafka,
            options.Topic,
            list => list.Count(m => m.Header("marker") == nameof(ControlRecordKind.RepublishEnd)) == Partitions * time
        );
        await Eventually.True(async () =>
            await service.ScalarAsync<long>("select sum(next_offset) from consumer_offset") >= written.Count
        );
    }
}
