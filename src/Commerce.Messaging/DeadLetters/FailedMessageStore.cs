using Commerce.Messaging.Consumers;
using Dapper;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>The tables <c>retries</c> and <c>dead_letters</c>.</summary>
internal sealed class FailedMessageStore(RetryOptions options) : IFailedMessages
{
    public const string Columns =
        "id, consumer, topic, partition, record_offset, event_id, event_type, subject, headers, payload, attempts, error";

    /// <remarks>The inbox row keeps copies of it away meanwhile.</remarks>
    public Task ScheduleRetryAsync(
        NpgsqlTransaction transaction,
        string consumer,
        ReceivedMessage message,
        string error
    ) =>
        transaction.Connection!.ExecuteAsync(
            $"""
            insert into retries ({Columns}, next_at)
            values (@Id, @Consumer, @Topic, @Partition, @RecordOffset, @EventId, @EventType, @Subject, @Headers::jsonb,
                    @Payload, @Attempts, @Error, clock_timestamp() + @delay)
            """,
            With(FailedMessage.From(consumer, message, message.Envelope!.Id, error), options.Delays[0]),
            transaction
        );

    public Task DeadLetterAsync(
        NpgsqlTransaction transaction,
        string consumer,
        ReceivedMessage message,
        Guid eventId,
        string error
    ) => DeadLetterAsync(transaction, FailedMessage.From(consumer, message, eventId, error));

    public static Task RescheduleAsync(NpgsqlTransaction transaction, FailedMessage message, TimeSpan delay) =>
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

    public static Task DeleteAsync(NpgsqlTransaction transaction, Guid id) =>
        transaction.Connection!.ExecuteAsync("delete from retries where id = @id", new { id }, transaction);

    /// <summary>Gives up: a row for people, and a copy on the dead letter topic by way of the outbox.</summary>
    public static async Task DeadLetterAsync(NpgsqlTransaction transaction, FailedMessage message)
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
        await DeadLetterCopy.AppendAsync(transaction, message);
    }

    private static DynamicParameters With(FailedMessage message, TimeSpan delay)
    {
        var parameters = new DynamicParameters(message);
        parameters.Add("delay", delay);
        return parameters;
    }
}
