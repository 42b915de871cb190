using Confluent.Kafka;

namespace Aspire.Confluent.Kafka;

/// <summary>
/// What configuration says about a producer: <c>Aspire:Confluent:Kafka:Producer</c>, then the same section's part of the
/// connection's name.
/// </summary>
public sealed class KafkaProducerSettings
{
    /// <summary>The brokers, as <c>bootstrap.servers</c> takes them. Goes before what <see cref="Config"/> says.</summary>
    public string? ConnectionString { get; set; }

    /// <summary>Everything else that the client can be told.</summary>
    public ProducerConfig Config { get; } = new();

    /// <summary>Whether health says nothing of the broker.</summary>
    public bool DisableHealthChecks { get; set; }

    /// <summary>The package measures what is published; this stand-in never does.</summary>
    public bool DisableMetrics { get; set; }

    /// <summary>The package traces what is published; this stand-in never does.</summary>
    public bool DisableTracing { get; set; }
}
