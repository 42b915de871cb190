using System.Text.Json;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;

namespace Commerce.Messaging.Gaps;

internal enum ControlRecordKind
{
    /// <summary>First message of a partition after the broker lost everything.</summary>
    Epoch,

    /// <summary>From here on the relay publishes again everything since <see cref="ControlRecord.Since"/>.</summary>
    RepublishBegin,

    /// <summary>It is still at it.</summary>
    RepublishProgress,

    /// <summary>Whoever saw everything from the begin to here misses nothing.</summary>
    RepublishEnd,
}

/// <summary>
/// A message of the relay to the consumers of one partition. It is no event.
/// </summary>
/// <param name="PreviousEpoch">Epoch markers: the epoch before.</param>
/// <param name="PreviousEnd">Epoch markers: one past the last offset acknowledged in it. Who got so far then has lost nothing.</param>
/// <param name="Run">Publishing again: which one.</param>
/// <param name="Since">Publishing again: rows written from then on; null = all.</param>
internal sealed record ControlRecord(
    ControlRecordKind Kind,
    long PreviousEpoch = 0,
    long PreviousEnd = 0,
    Guid Run = default,
    DateTimeOffset? Since = null
)
{
    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, GapJson.Default.ControlRecord);

    /// <summary>The marker in the message; null when it is an event (or a marker of a later version).</summary>
    public static ControlRecord? Read(Message<byte[], byte[]> message)
    {
        if (message.Headers is null || !message.Headers.TryGetLastBytes(MessageHeaders.ControlRecord, out _))
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize(message.Value, GapJson.Default.ControlRecord);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
