using System.ComponentModel.DataAnnotations;

namespace Commerce.Messaging.Kafka;

/// <summary>What speaks Kafka's protocol at the other end.</summary>
internal enum BrokerKind
{
    /// <summary>Apache Kafka or a service compatible with it.</summary>
    Kafka,

    /// <summary>librdkafka's own broker: creates topics by itself, keeps little, and has no controller to administer it.</summary>
    Embedded,
}

/// <summary>Configuration section <c>Messaging</c>: the broker.</summary>
internal sealed class KafkaOptions
{
    /// <summary><c>Kafka</c>, or <c>Embedded</c> where whoever starts the service started the embedded broker for it.</summary>
    [EnumDataType(typeof(BrokerKind), ErrorMessage = "Messaging:Broker must be Kafka or Embedded.")]
    public BrokerKind Broker { get; init; } = BrokerKind.Kafka;

    /// <summary>Partitions of the topics that we create.</summary>
    [Range(1, 10_000, ErrorMessage = "Messaging:Partitions must be from 1 to 10000.")]
    public int Partitions { get; init; } = 12;
}

/// <summary>What this service publishes to or reads.</summary>
internal sealed record RequiredTopics(IReadOnlyList<string> Names);
