using System.Text.Json;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>The dead letter as it came, with why and where in further headers, on <c>{topic}.dlq</c>.</summary>
internal static class DeadLetterCopy
{
    /// <summary>
    /// A copy has more headers than what came, which may have been as large as the broker takes: such a copy would stop the relay
    /// for good. The row in <c>dead_letters</c> has all of it.
    /// </summary>
    private const int MaxBytes = KafkaAddress.MaxMessageBytes / 2;

    private const int MaxHeaders = 256 * 1024;

    public static Task AppendAsync(NpgsqlTransaction transaction, FailedMessage message)
    {
        var headers =
            message.Headers.Length > MaxHeaders
                ? []
                : JsonSerializer.Deserialize(message.Headers, HeaderJson.Default.DictionaryStringString)!;
        headers["dlq-id"] = message.Id.ToString();
        headers["dlq-consumer"] = message.Consumer;
        headers["dlq-error"] = message.Error;
        headers["dlq-attempts"] = message.Attempts.ToString();
        headers["dlq-topic"] = message.Topic;
        headers["dlq-partition"] = message.Partition.ToString();
        headers["dlq-offset"] = message.RecordOffset.ToString();
        var payload = message.Payload;
        if (payload.Length > MaxBytes)
        {
            headers["dlq-truncated-from"] = payload.Length.ToString();
            payload = payload[..MaxBytes];
        }

        // A malformed message has no aggregate; any key spreads it.
        var subject = Guid.TryParse(message.Subject, out var parsed) ? parsed : message.Id;
        return new TransportMessage(message.Id, TopicNames.DeadLetters(message.Topic), subject, message.EventType)
        {
            Raw = payload,
            Headers = JsonSerializer.Serialize(headers, HeaderJson.Default.DictionaryStringString),
        }.AppendAsync(transaction.Connection!, transaction, CancellationToken.None);
    }
}
