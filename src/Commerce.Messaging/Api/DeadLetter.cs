using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Commerce.Messaging;

/// <summary>An event that a consumer gave up on, as admins see it.</summary>
/// <param name="Id">Of the dead letter, not of the event.</param>
/// <param name="EventType">Empty when the message did not say.</param>
/// <param name="Payload">As text; bytes that are none are replaced, and what opens or pays something is hidden.</param>
/// <param name="RedrivenAt">When the handler took it after all.</param>
internal sealed record DeadLetter(
    Guid Id,
    string Consumer,
    string Topic,
    string EventType,
    string Subject,
    int Attempts,
    string Error,
    string Payload,
    DateTimeOffset FailedAt,
    DateTimeOffset? RedrivenAt,
    Guid EventId,
    int Partition,
    long Offset,
    IReadOnlyDictionary<string, string> Headers,
    DateTimeOffset? DiscardedAt,
    string? DiscardedBy,
    string? DiscardNote
);

internal sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, int Total, int Page, int PageSize);

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
            JsonSerializer.Deserialize(Headers, TransportJson.Default.DictionaryStringString)!,
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
