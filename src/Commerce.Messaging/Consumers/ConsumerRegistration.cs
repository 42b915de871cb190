using System.Collections.Frozen;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Commerce.Messaging.Consumers;

/// <summary>A consumer as it was configured.</summary>
internal sealed class ConsumerRegistration
{
    private readonly IReadOnlyList<HandlerRegistration> _handlers;
    private readonly FrozenDictionary<Type, int[]> _handlersOf;
    private readonly FrozenSet<string> _types;

    public ConsumerRegistration(
        string name,
        IReadOnlyList<string> topics,
        IReadOnlyList<HandlerRegistration> handlers,
        IReadOnlyDictionary<Type, string> eventTypes
    )
    {
        (Name, Topics, _handlers) = (name, topics, handlers);
        _handlersOf = handlers
            .SelectMany((handler, index) => handler.Types.Select(type => (Type: type, Index: index)))
            .GroupBy(pair => pair.Type)
            .ToFrozenDictionary(pairs => pairs.Key, pairs => pairs.Select(pair => pair.Index).ToArray());
        _types = _handlersOf
            .Keys.Select(type =>
                eventTypes.TryGetValue(type, out var eventType)
                    ? eventType
                    : throw new ArgumentException(
                        $"{name} subscribes to {type}, which is no registered event.",
                        nameof(handlers)
                    )
            )
            .ToFrozenSet(StringComparer.Ordinal);
        EventTypes = [.. _types.Order(StringComparer.Ordinal)];
    }

    /// <summary>The Kafka group, and the key of inbox, positions and dead letters.</summary>
    public string Name { get; }

    public IReadOnlyList<string> Topics { get; }

    /// <summary>Every <c>ce_type</c> that it <see cref="Subscribes"/> to.</summary>
    public IReadOnlyList<string> EventTypes { get; }

    /// <summary>Whether a handler takes events of this <c>ce_type</c>.</summary>
    public bool Subscribes(string type) => _types.Contains(type);

    public void AddHandlers(IServiceCollection services)
    {
        foreach (var handler in _handlers)
        {
            services.TryAddScoped(handler.Handler);
        }
    }

    /// <summary>Gives each handler its events of the batch, in the order in which the handlers were registered.</summary>
    /// <param name="services">The scope of the batch.</param>
    public async Task HandleAsync(
        IServiceProvider services,
        EventBatch batch,
        IReadOnlyList<IncomingEvent> events,
        CancellationToken cancellationToken
    )
    {
        var calls = new HandlerCall?[_handlers.Count];
        foreach (var incoming in events)
        {
            foreach (var index in _handlersOf[incoming.Data.GetType()])
            {
                (calls[index] ??= _handlers[index].Begin()).Add(incoming);
            }
        }

        foreach (var call in calls)
        {
            if (call is not null)
            {
                await call.RunAsync(services, batch, cancellationToken);
            }
        }
    }
}

/// <summary>A handler and the types it takes.</summary>
internal abstract class HandlerRegistration
{
    public abstract Type Handler { get; }

    public abstract IEnumerable<Type> Types { get; }

    public abstract HandlerCall Begin();
}

/// <summary>The events of one batch for one handler.</summary>
internal abstract class HandlerCall
{
    public abstract void Add(IncomingEvent incoming);

    public abstract Task RunAsync(IServiceProvider services, EventBatch batch, CancellationToken cancellationToken);
}

internal sealed class HandlerRegistration<TInput, THandler>(Subscriptions<TInput> subscriptions) : HandlerRegistration
    where TInput : class
    where THandler : class, IEventHandler<TInput>
{
    private readonly FrozenDictionary<Type, Func<object, TInput>> _inputs = subscriptions.Inputs.ToFrozenDictionary();

    public override Type Handler => typeof(THandler);

    public override IEnumerable<Type> Types => _inputs.Keys;

    public override HandlerCall Begin() => new Call(_inputs);

    private sealed class Call(FrozenDictionary<Type, Func<object, TInput>> inputs) : HandlerCall
    {
        private readonly List<IncomingEvent<TInput>> _events = [];

        public override void Add(IncomingEvent incoming) =>
            _events.Add(new(inputs[incoming.Data.GetType()](incoming.Data), incoming));

        public override Task RunAsync(
            IServiceProvider services,
            EventBatch batch,
            CancellationToken cancellationToken
        ) => services.GetRequiredService<THandler>().HandleAsync(_events, batch, cancellationToken);
    }
}
