using System.Text.Json;
using Dapper;
using Npgsql;

namespace Commerce.Messaging;

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
    public static FailedMessage From(string consumer, Received message, Guid eventId, string error)
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
            JsonSerializer.Serialize(headers, TransportJson.Default.DictionaryStringString),
            message.Message.Value ?? [],
            Attempts: 1,
            error
        );
    }

    /// <summary>What the event was, for the handler; null when the message is malformed: no handler can take it.</summary>
    public EventOrigin? ToOrigin()
    {
        var headers = JsonSerializer.Deserialize(Headers, TransportJson.Default.DictionaryStringString)!;
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

internal static class FailureStore
{
    public const string Columns =
        "id, consumer, topic, partition, record_offset, event_id, event_type, subject, headers, payload, attempts, error";

    /// <summary>Puts the message aside until its next try. Its inbox row keeps copies of it away meanwhile.</summary>
    public static Task ParkAsync(NpgsqlTransaction transaction, FailedMessage message, TimeSpan delay) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            insert into retries ({Columns}, next_at)
            values (@Id, @Consumer, @Topic, @Partition, @RecordOffset, @EventId, @EventType, @Subject, @Headers::jsonb,
                    @Payload, @Attempts, @Error, clock_timestamp() + @delay)
            """,
            With(message, delay),
            transaction
        );

    public static Task PostponeAsync(NpgsqlTransaction transaction, FailedMessage message, TimeSpan delay) =>
        transaction.Connection!.ExecuteAsync(
            "update retries set attempts = @Attempts, error = @Error, next_at = clock_timestamp() + @delay where id = @Id",
            new
            {
                message.Id,
                message.Attempts,
                message.Error,
                delay,
            },
            transaction
        );

    public static Task ForgetAsync(NpgsqlTransaction transaction, Guid id) =>
        transaction.Connection!.ExecuteAsync("delete from retries where id = @id", new { id }, transaction);

    /// <summary>Gives up: a row for people, and a copy on the dead letter topic by way of the outbox.</summary>
    public static async Task BuryAsync(NpgsqlTransaction transaction, FailedMessage message)
    {
        await transaction.Connection!.ExecuteAsync(
            $"""
            insert into dead_letters ({Columns})
            values (@Id, @Consumer, @Topic, @Partition, @RecordOffset, @EventId, @EventType, @Subject, @Headers::jsonb,
                    @Payload, @Attempts, @Error)
            """,
            With(message, TimeSpan.Zero),
            transaction
        );
        await TransportOutbox.CopyDeadLetterAsync(transaction, message);
    }

    private static DynamicParameters With(FailedMessage message, TimeSpan delay)
    {
        var parameters = new DynamicParameters(message);
        parameters.Add("delay", delay);
        return parameters;
    }
}
