using Commerce.Messaging.Consumers;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Messaging.Tests.Consumers;

public sealed class SubscriptionTests
{
    private static readonly Dictionary<Type, string> EventTypes = new()
    {
        [typeof(Note)] = "test.note.v1",
        [typeof(Echo)] = "test.echo.v1",
    };

    [Fact]
    public async Task A_type_that_nobody_subscribed_to_is_passed_over_and_leaves_nothing()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        var subject = Guid.NewGuid();

        await service.PublishAsync([
            new OutgoingEvent(subject, new Echo(1)),
            new OutgoingEvent(subject, new Note(2)),
            new OutgoingEvent(subject, new Echo(3)),
        ]);

        await Eventually.True(async () =>
            await service.ScalarAsync<long>("select coalesce(sum(next_offset), 0)::bigint from consumer_offset") == 3
        );
        (await service.SeenAsync(subject)).ShouldBe([2]);
        (await service.ScalarAsync<long>("select count(*) from inbox")).ShouldBe(1);
        (await service.ScalarAsync<long>("select count(*) from dead_letters")).ShouldBe(0);
    }

    [Fact]
    public void Subscribing_to_what_is_no_event_stops_the_start() =>
        Should
            .Throw<ArgumentException>(() => new ConsumerBuilder("reader").On<string, Log<string>>().Build(EventTypes))
            .Message.ShouldContain("System.String");

    [Fact]
    public async Task Each_handler_gets_its_events_in_the_order_in_which_they_came()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        await using var connection = await service.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new EventBatch(transaction);
        var (all, notes) = (new Log<object>(), new Log<string>());
        var handlers = new ServiceCollection().AddSingleton(all).AddSingleton(notes).BuildServiceProvider();
        var consumer = new ConsumerBuilder("reader")
            .Handle<object, Log<object>>(both => both.On<Note>().On<Echo>())
            .Handle<string, Log<string>>(texts => texts.On<Note>(note => $"note {note.Number}"))
            .Build(EventTypes);

        await consumer.HandleAsync(
            handlers,
            batch,
            [Event(new Note(1)), Event(new Echo(2)), Event(new Note(3))],
            CancellationToken.None
        );

        all.Inputs.ShouldBe([new Note(1), new Echo(2), new Note(3)]);
        notes.Inputs.ShouldBe(["note 1", "note 3"]);
    }

    [Fact]
    public async Task A_handler_for_which_nothing_came_is_not_called()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        await using var connection = await service.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var batch = new EventBatch(transaction);
        var notes = new Log<Note>();
        var consumer = new ConsumerBuilder("reader")
            .On<Note, Log<Note>>()
            .Handle<object, Log<object>>(echoes => echoes.On<Echo>())
            .Build(EventTypes);

        // The other handler could not even be made.
        await consumer.HandleAsync(
            new ServiceCollection().AddSingleton(notes).BuildServiceProvider(),
            batch,
            [Event(new Note(1))],
            CancellationToken.None
        );

        notes.Inputs.ShouldBe([new Note(1)]);
    }

    private static IncomingEvent Event(object data) =>
        new(Guid.NewGuid(), EventTypes[data.GetType()], "/test", Guid.NewGuid(), DateTimeOffset.UtcNow, data, null);

    private sealed class Log<T> : IEventHandler<T>
        where T : class
    {
        public List<T> Inputs { get; } = [];

        public Task HandleAsync(
            IReadOnlyList<IncomingEvent<T>> events,
            EventBatch batch,
            CancellationToken cancellationToken
        )
        {
            Inputs.AddRange(events.Select(incoming => incoming.Input));
            return Task.CompletedTask;
        }
    }
}
