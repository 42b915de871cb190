using Commerce.Messaging.Outbox;
using Npgsql;

namespace Commerce.Messaging.Consumers;

/// <summary>The transaction in which a batch of events is handled, and what its handlers want to come of it.</summary>
public sealed class EventBatch(NpgsqlTransaction transaction) : IAsyncDisposable
{
    private readonly List<OutgoingEvent> _outgoing = [];
    private readonly List<Func<CancellationToken, Task>> _afterCommit = [];

    /// <summary>All SQL of the handlers runs on its connection.</summary>
    public NpgsqlTransaction Transaction { get; } = transaction;

    public NpgsqlConnection Connection => Transaction.Connection!;

    /// <summary>
    /// Statements whose answers the handler does not need: sent after it, in one message with what it publishes, the positions and
    /// the commit. One that fails is the handler's failure.
    /// </summary>
    public NpgsqlBatch Writes { get; } = new(transaction.Connection, transaction);

    internal IReadOnlyList<OutgoingEvent> Outgoing => _outgoing;

    internal IReadOnlyList<Func<CancellationToken, Task>> AfterCommitActions => _afterCommit;

    /// <summary>Publishes <paramref name="payload"/> with this transaction, under the trace of the event that caused it.</summary>
    public void Publish(Guid subject, object payload, IncomingEvent? cause) =>
        _outgoing.Add(new OutgoingEvent(subject, payload) { TraceParent = cause?.TraceParent });

    /// <summary>
    /// Runs after the commit, at most once, and is lost when the process dies between: for caches and live updates only.
    /// An exception in it is logged and goes no further.
    /// </summary>
    public void AfterCommit(Func<CancellationToken, Task> action) => _afterCommit.Add(action);

    public ValueTask DisposeAsync() => Writes.DisposeAsync();
}
