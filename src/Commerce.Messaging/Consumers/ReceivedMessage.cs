using System.Security.Cryptography;
using System.Text;
using Commerce.Messaging.Gaps;
using Confluent.Kafka;

namespace Commerce.Messaging.Consumers;

/// <summary>What a message says about the event in it, before the data are looked at.</summary>
internal sealed record Envelope(
    Guid Id,
    string Type,
    string Source,
    Guid Subject,
    DateTimeOffset Time,
    string? TraceParent
);

/// <summary>A message from a partition.</summary>
/// <param name="Position">Where the consumer is after it.</param>
/// <param name="Envelope">Null when there is nothing to handle: a marker, an unknown type, or a malformed message.</param>
/// <param name="Fault">Why it is malformed.</param>
internal sealed record ReceivedMessage(
    string Topic,
    int Partition,
    long Offset,
    Message<byte[], byte[]> Message,
    Position Position,
    Envelope? Envelope,
    string? Fault,
    ControlRecord? Control
)
{
    /// <summary>The event in it; null when there is none to handle.</summary>
    public EventOrigin? Origin => Envelope is null ? null : new EventOrigin(Envelope, Topic, Partition, Offset);

    /// <summary>
    /// The inbox key of a message that has none: the same again when the same message is read again.
    /// </summary>
    public Guid SubstituteId() =>
        new(SHA256.HashData(Encoding.UTF8.GetBytes($"{Topic}/{Partition}/{Offset}/{Position.Epoch}")).AsSpan(0, 16));
}

/// <summary>An event and where it was read.</summary>
internal readonly record struct EventOrigin(Envelope Envelope, string Topic, int Partition, long Offset);
