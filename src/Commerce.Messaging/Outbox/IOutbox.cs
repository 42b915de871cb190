using Npgsql;

namespace Commerce.Messaging.Outbox;

/// <summary>The write side: events are rows of the caller's own transaction, and nothing else. The relay does the rest.</summary>
public interface IOutbox
{
    /// <summary>Adds the statement that inserts the events, none for no events. Published only if the transaction commits.</summary>
    /// <exception cref="ArgumentException">A payload's type has no registered event type, or it is too large.</exception>
    void Append(NpgsqlBatch batch, IReadOnlyCollection<OutgoingEvent> events);

    /// <summary>Inserts the events with one statement. Published only if <paramref name="transaction"/> commits.</summary>
    /// <exception cref="ArgumentException">A payload's type has no registered event type.</exception>
    Task AppendAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<OutgoingEvent> events,
        CancellationToken cancellationToken = default
    );
}
