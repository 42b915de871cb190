using System.Text.Json.Serialization;
using Commerce.Messaging.Consumers;

namespace Commerce.Messaging;

/// <summary>What a service says about its events: who it is, what it publishes and what it listens to.</summary>
public sealed class MessagingBuilder
{
    private readonly List<ConsumerBuilder> _consumers = [];

    /// <summary>CloudEvents source, such as <c>/commerce/order</c>.</summary>
    public required string Source { get; init; }

    /// <summary>The topic this service publishes to, such as <c>commerce.order</c>.</summary>
    public required string Topic { get; init; }

    /// <summary>The <c>ce_type</c> of each event record, for both directions.</summary>
    public required IReadOnlyDictionary<Type, string> EventTypes { get; init; }

    /// <summary>Source-generated metadata of those records.</summary>
    public required JsonSerializerContext Json { get; init; }

    /// <summary>
    /// Adds a consumer. <paramref name="name"/> is its Kafka group and the name under which inbox, positions and dead letters
    /// are kept: never rename it.
    /// </summary>
    public MessagingBuilder Consume(string name, Action<ConsumerBuilder> subscribe)
    {
        var consumer = new ConsumerBuilder(name);
        subscribe(consumer);
        _consumers.Add(consumer);
        return this;
    }

    internal IReadOnlyList<ConsumerRegistration> Consumers() =>
        _consumers.ConvertAll(consumer => consumer.Build(EventTypes));
}
