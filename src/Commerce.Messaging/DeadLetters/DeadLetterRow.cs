using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.Contracts.Api;
using Commerce.Messaging.Kafka;

namespace Commerce.Messaging.DeadLetters;

/// <summary>A row of <c>dead_letters</c>.</summary>
internal sealed partial record DeadLetterRow(
    Guid Id,
    string Consumer,
    string Topic,
    string EventType,
    string Subject,
    int Attempts,
    string Error,
    byte[] Payload,
    DateTimeOffset FailedAt,
    DateTimeOffset? RedrivenAt,
    Guid EventId,
    int Partition,
    long RecordOffset,
    string Headers,
    DateTimeOffset? DiscardedAt,
    string? DiscardedBy,
    string? DiscardNote
)
{
    public const string Columns = """
        id, consumer, topic, event_type, subject, attempts, error, payload, failed_at, redriven_at, event_id, partition,
        record_offset, headers, discarded_at, discarded_by, discard_note
        """;

    /// <summary>As admins see it: bytes that are no text are replaced, and what opens or pays something is hidden.</summary>
    public DeadLetter ToLetter() =>
        new(
            Id,
            Consumer,
            Topic,
            EventType,
            Subject,
            Attempts,
            Error,
            Secret().Replace(Encoding.UTF8.GetString(Payload), "${name}\"•••\""),
            FailedAt,
            RedrivenAt,
            EventId,
            Partition,
            RecordOffset,
            JsonSerializer.Deserialize(Headers, HeaderJson.Default.DictionaryStringString)!,
            DiscardedAt,
            DiscardedBy,
            DiscardNote
        );

    // By the field's name, whatever the event: the transport knows no domain, and the text need not even be JSON.
    [GeneratedRegex(
        """(?<name>"\w*(token|secret|password|paymentKey)"\s*:\s*)"[^"]*"?""",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Secret();
}
