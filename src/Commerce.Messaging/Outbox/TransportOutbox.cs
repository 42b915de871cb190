using System.Text.Json;
using Dapper;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>
/// Messages of the transport itself. They go the way of every event, through the outbox, so that nothing but the relay
/// publishes and nothing is said that was not committed.
/// </summary>
internal static class TransportOutbox
{
    /// <summary>The dead letter as it came, with why and where in further headers, to <c>{topic}.dlq</c>.</summary>
    public static Task CopyDeadLetterAsync(NpgsqlTransaction transaction, FailedMessage message)
    {
        var headers = JsonSerializer.Deserialize(message.Headers, TransportJson.Default.DictionaryStringString)!;
        headers["dlq-id"] = message.Id.ToString();
        headers["dlq-consumer"] = message.Consumer;
        headers["dlq-error"] = message.Error;
        headers["dlq-attempts"] = message.Attempts.ToString();
        headers["dlq-topic"] = message.Topic;
        headers["dlq-partition"] = message.Partition.ToString();
        headers["dlq-offset"] = message.RecordOffset.ToString();
        return transaction.Connection!.ExecuteAsync(
            """
            insert into outbox (id, topic, subject, type, raw, headers)
            values (@Id, @Topic, @Subject, @Type, @Payload, @Headers::jsonb)
            """,
            new
            {
                message.Id,
                Topic = TopicNames.DeadLetters(message.Topic),
                // A malformed message has no aggregate; any key spreads it.
                Subject = Guid.TryParse(message.Subject, out var subject) ? subject : message.Id,
                Type = message.EventType,
                message.Payload,
                Headers = JsonSerializer.Serialize(headers, TransportJson.Default.DictionaryStringString),
            },
            transaction
        );
    }

    /// <summary>Asks the source of a topic to publish again.</summary>
    public static async Task RequestRepublishAsync(
        NpgsqlDataSource database,
        RepublishRequest request,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var id = Guid.CreateVersion7();
        await connection.ExecuteAsync(
            "insert into outbox (id, topic, subject, type, payload) values (@id, @Control, @id, @Type, @payload)",
            new
            {
                id,
                TopicNames.Control,
                RepublishRequest.Type,
                payload = JsonSerializer.Serialize(request, TransportJson.Default.RepublishRequest),
            }
        );
    }
}
