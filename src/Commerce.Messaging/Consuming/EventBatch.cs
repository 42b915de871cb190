using Npgsql;

namespace Commerce.Messaging;

/// <summary>The events of one transaction, and what the handler wants to come of them.</summary>
public sealed class EventBatch(IReadOnlyList<IncomingEvent> events, NpgsqlTransaction transaction) : IAsyncDisposable
{
    private readonly List<OutgoingEvent> _outgoing = [];
    private readonly List<Func<CancellationToken, Task>> _afterCommit = [];

    public IReadOnlyList<IncomingEvent> Events { get; } = events;

    /// <summary>The transaction of this batch; all of the handler's SQL runs on its connection.</summary>
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

/// <summary>An event that arrived.</summary>
/// <param name="Id"><c>ce_id</c>, the inbox key.</param>
/// <param name="Type"><c>ce_type</c>.</param>
/// <param name="Source"><c>ce_source</c>.</param>
/// <param name="Subject"><c>ce_subject</c>: the aggregate's id, also the Kafka key.</param>
/// <param name="Time"><c>ce_time</c>: when it was written to the publisher's outbox.</param>
/// <param name="Data">The event record.</param>
/// <param name="TraceParent">W3C traceparent under which consequences go on; null when nothing is traced.</param>
public sealed record IncomingEvent(
    Guid Id,
    string Type,
    string Source,
    Guid Subject,
    DateTimeOffset Time,
    object Data,
    string? TraceParent
);
