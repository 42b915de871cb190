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
    /// <summary>
    /// A copy has more headers than what came, which may have been as large as the broker takes: such a copy would stop the relay
    /// for good. The row in <c>dead_letters</c> has all of it.
    /// </summary>
    private const int MaxCopiedBytes = KafkaAddress.MaxMessageBytes / 2;

    private const int MaxCopiedHeaders = 256 * 1024;

    /// <summary>The dead letter as it came, with why and where in further headers, to <c>{topic}.dlq</c>.</summary>
    public static Task CopyDeadLetterAsync(NpgsqlTransaction transaction, FailedMessage message)
    {
        var headers =
            message.Headers.Length > MaxCopiedHeaders
                ? []
                : JsonSerializer.Deserialize(message.Headers, TransportJson.Default.DictionaryStringString)!;
        headers["dlq-id"] = message.Id.ToString();
        headers["dlq-consumer"] = message.Consumer;
        headers["dlq-error"] = message.Error;
        headers["dlq-attempts"] = message.Attempts.ToString();
        headers["dlq-topic"] = message.Topic;
        headers["dlq-partition"] = message.Partition.ToString();
        headers["dlq-offset"] = message.RecordOffset.ToString();
        var payload = message.Payload;
        if (payload.Length > MaxCopiedBytes)
        {
            headers["dlq-truncated-from"] = payload.Length.ToString();
            payload = payload[..MaxCopiedBytes];
        }

        return transaction.Connection!.ExecuteAsync(
            """
            insert into outbox (id, topic, subject, type, raw, headers)
            values (@Id, @Topic, @Subject, @Type, @payload, @Headers::jsonb)
            """,
            new
            {
                message.Id,
                Topic = TopicNames.DeadLetters(message.Topic),
                // A malformed message has no aggregate; any key spreads it.
                Subject = Guid.TryParse(message.Subject, out var subject) ? subject : message.Id,
                Type = message.EventType,
                payload,
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
