using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>Where messages go that a consumer could not handle; written in the transaction that moves on behind them.</summary>
internal interface IFailedMessages
{
    /// <summary>Puts the event aside until its next try.</summary>
    Task ScheduleRetryAsync(NpgsqlTransaction transaction, string consumer, ReceivedMessage message, string error);

    /// <summary>Gives up.</summary>
    /// <param name="eventId">Of the event; of a malformed message its <see cref="ReceivedMessage.SubstituteId"/>.</param>
    Task DeadLetterAsync(
        NpgsqlTransaction transaction,
        string consumer,
        ReceivedMessage message,
        Guid eventId,
        string error
    );
}
