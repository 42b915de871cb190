namespace Commerce.Messaging.Consumers;

/// <summary>What a consumer listens to, and what takes each event. Types that nobody subscribed to are passed over.</summary>
public sealed class ConsumerBuilder
{
    private readonly string _name;
    private readonly List<string> _topics = [];
    private readonly List<HandlerRegistration> _handlers = [];

    internal ConsumerBuilder(string name) => _name = name;

    /// <summary>The topics that are read: of other services, or the own one.</summary>
    public ConsumerBuilder From(params IEnumerable<string> topics)
    {
        _topics.AddRange(topics);
        return this;
    }

    /// <summary>Events of one type go to <typeparamref name="THandler"/>.</summary>
    public ConsumerBuilder On<TEvent, THandler>()
        where TEvent : class
        where THandler : class, IEventHandler<TEvent> =>
        Handle<TEvent, THandler>(subscriptions => subscriptions.On<TEvent>(data => data));

    /// <summary>
    /// Events of several types go to <typeparamref name="THandler"/>, which gets them in the order of their partitions. Each is
    /// turned into the handler's input.
    /// </summary>
    public ConsumerBuilder Handle<TInput, THandler>(Action<Subscriptions<TInput>> subscribe)
        where TInput : class
        where THandler : class, IEventHandler<TInput>
    {
        var subscriptions = new Subscriptions<TInput>();
        subscribe(subscriptions);
        _handlers.Add(new HandlerRegistration<TInput, THandler>(subscriptions));
        return this;
    }

    /// <exception cref="ArgumentException">A type that was subscribed to is no registered event.</exception>
    internal ConsumerRegistration Build(IReadOnlyDictionary<Type, string> eventTypes) =>
        new(_name, _topics, _handlers, eventTypes);
}

/// <summary>The event types that a handler takes.</summary>
public sealed class Subscriptions<TInput>
    where TInput : class
{
    private readonly Dictionary<Type, Func<object, TInput>> _inputs = [];

    internal IReadOnlyDictionary<Type, Func<object, TInput>> Inputs => _inputs;

    /// <summary>The handler takes <typeparamref name="TEvent"/>.</summary>
    /// <param name="input">What the event is to the handler.</param>
    public Subscriptions<TInput> On<TEvent>(Func<TEvent, TInput> input)
        where TEvent : class
    {
        _inputs.Add(typeof(TEvent), data => input((TEvent)data));
        return this;
    }

    /// <summary>The handler takes <typeparamref name="TEvent"/> as it is.</summary>
    public Subscriptions<TInput> On<TEvent>()
        where TEvent : class, TInput => On<TEvent>(data => data);
}
