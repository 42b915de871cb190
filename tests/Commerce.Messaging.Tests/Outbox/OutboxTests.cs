using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Support;

namespace Commerce.Messaging.Tests.Outbox;

public sealed class OutboxTests
{
    [Fact]
    public async Task A_rollback_publishes_nothing()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        var (undone, done) = (Guid.NewGuid(), Guid.NewGuid());

        await service.PublishAsync([new OutgoingEvent(undone, new Note(1))], commit: false);
        await service.PublishAsync(done, new Note(1));

        await Eventually.True(async () => (await service.SeenAsync(done)).Count == 1);
        var read = await KafkaClient.ReadAsync(service.Options.Kafka, service.Options.Topic, list => list.Count >= 1);
        read.ShouldHaveSingleItem().Header("ce_subject").ShouldBe(done.ToString());
        (await service.SeenAsync(undone)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Events_of_one_subject_arrive_in_the_order_of_their_writing()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        var subjects = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToArray();

        for (var round = 0; round < 10; round++)
        {
            await service.PublishAsync([
                .. from n in Enumerable.Range(round * 10, 10)
                from subject in subjects
                select new OutgoingEvent(subject, new Note(n)),
            ]);
        }

        foreach (var subject in subjects)
        {
            var seen = await Eventually.Value(() => service.SeenAsync(subject), numbers => numbers.Count >= 100);
            seen.ShouldBe(Enumerable.Range(0, 100));
        }
    }

    [Fact]
    public async Task An_event_is_a_CloudEvent_in_binary_mode()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        var outgoing = new OutgoingEvent(Guid.NewGuid(), new Note(7, "감귤"));
        await service.PublishAsync([outgoing]);

        var read = await KafkaClient.ReadAsync(service.Options.Kafka, service.Options.Topic, list => list.Count >= 1);

        var message = read.ShouldHaveSingleItem();
        message.Header("ce_specversion").ShouldBe("1.0");
        message.Header("ce_id").ShouldBe(outgoing.Id.ToString());
        message.Header("ce_type").ShouldBe("test.note.v1");
        message.Header("ce_source").ShouldBe("/test/" + service.Options.Topic);
        message.Header("ce_subject").ShouldBe(outgoing.Subject.ToString());
        DateTimeOffset.Parse(message.Header("ce_time")!).ShouldBe(DateTimeOffset.UtcNow, TimeSpan.FromMinutes(1));
        message.Header("content-type").ShouldBe("application/json");
        message.Header("epoch").ShouldBe("1");
        System.Text.Encoding.UTF8.GetString(message.Message.Key).ShouldBe(outgoing.Subject.ToString());
        System
            .Text.Json.JsonSerializer.Deserialize(message.Message.Value, NoteJson.Default.Note)
            .ShouldBe(outgoing.Payload);
    }

    [Fact]
    public async Task What_was_written_before_anybody_replicated_is_published()
    {
        var options = await Servers.NewServiceAsync();
        var subject = Guid.NewGuid();
        await Servers.MigrateAsync(options);
        await CrashTests.WriteAsync(options, subject, 1, 2);

        await using var service = await TestService.StartAsync(options);
        await service.PublishAsync(subject, new Note(3));

        var seen = await Eventually.Value(() => service.SeenAsync(subject), numbers => numbers.Count >= 3);
        seen.ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_cannot_be_published_is_refused_and_leaves_nothing(bool tooLarge)
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        object payload = tooLarge
            ? new Note(1, new string('x', PostgresOutbox.MaxPayloadCharacters + 1))
            : new object();

        await Should.ThrowAsync<ArgumentException>(() =>
            service.PublishAsync([new OutgoingEvent(Guid.NewGuid(), payload)])
        );

        (await service.ScalarAsync<long>("select count(*) from outbox")).ShouldBe(0);
    }

    [Fact]
    public async Task A_large_event_goes_all_the_way()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        var subject = Guid.NewGuid();

        await service.PublishAsync(subject, new Note(1, new string('x', 3_000_000)), new Note(2));

        var seen = await Eventually.Value(() => service.SeenAsync(subject), numbers => numbers.Count >= 2);
        seen.ShouldBe([1, 2]);
    }

    [Fact]
    public async Task A_service_without_broker_is_ready_and_says_that_its_relay_is_not()
    {
        var options = await Servers.NewServiceAsync(consumer: null);
        await using var service = await TestService.StartAsync(options with { Kafka = "127.0.0.1:1" });
        using var client = service.CreateClient();

        (await client.GetStringAsync("/health")).ShouldBe("Healthy");
        service.Relay.State.ShouldBe(RelayState.Connecting);
    }

    [Fact]
    public async Task Services_that_stop_while_a_broker_owes_them_an_answer_end_in_good_order()
    {
        await using var worker = WorkerProcess.LaunchImpatient("127.0.0.1:1");

        (await worker.DeathAsync()).ShouldBe(0);
    }
}
