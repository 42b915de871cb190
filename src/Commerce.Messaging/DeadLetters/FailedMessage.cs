using System.Text.Json;
using Commerce.Messaging.Consumers;
using Commerce.Messaging.Kafka;

namespace Commerce.Messaging.DeadLetters;

/// <summary>A message that a handler failed on, as kept in <c>retries</c> and <c>dead_letters</c>.</summary>
internal sealed record FailedMessage(
    Guid Id,
    string Consumer,
    string Topic,
    int Partition,
    long RecordOffset,
    Guid EventId,
    string EventType,
    string Subject,
    string Headers,
    byte[] Payload,
    int Attempts,
    string Error
)
{
    public static FailedMessage From(string consumer, ReceivedMessage message, Guid eventId, string error)
    {
        var headers = message.Message.Headers?.ToDictionary() ?? [];
        return new FailedMessage(
            Guid.CreateVersion7(),
            consumer,
            message.Topic,
            message.Partition,
            message.Offset,
            eventId,
            message.Envelope?.Type ?? headers.GetValueOrDefault(MessageHeaders.Type, ""),
            message.Envelope?.Subject.ToString() ?? headers.GetValueOrDefault(MessageHeaders.Subject, ""),
            JsonSerializer.Serialize(headers, HeaderJson.Default.DictionaryStringString),
            message.Message.Value ?? [],
            Attempts: 1,
            error
        );
    }

    /// <summary>What the event was, for the handler; null when the message is malformed: no handler can take it.</summary>
    public EventOrigin? ToOrigin()
    {
        var headers = JsonSerializer.Deserialize(Headers, HeaderJson.Default.DictionaryStringString)!;
        if (!Guid.TryParse(Subject, out var subject) || !headers.TryGetValue(MessageHeaders.Source, out var source))
        {
            return null;
        }

        var time =
            headers.TryGetValue(MessageHeaders.Time, out var text) && DateTimeOffset.TryParse(text, out var parsed)
                ? parsed
                : DateTimeOffset.UtcNow;
        var trace = headers.GetValueOrDefault(MessageHeaders.TraceParent);
        var envelope = new Envelope(EventId, EventType, source, subject, time, trace);
        return new EventOrigin(envelope, Topic, Partition, RecordOffset);
    }
}
