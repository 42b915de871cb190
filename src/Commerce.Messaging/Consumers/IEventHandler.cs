namespace Commerce.Messaging.Consumers;

/// <summary>
/// Handles events in batches, each inside one database transaction together with the inbox and the consumer's position.
/// Resolved from a new scope per batch. Written with set-based SQL; tolerates reordering and repetition.
/// An exception rolls the batch back and splits it until the poison message stands alone.
/// </summary>
/// <typeparam name="TInput">The event record, or what the events of several types are turned into.</typeparam>
public interface IEventHandler<TInput>
    where TInput : class
{
    /// <summary>Takes the events that the consumer has not handled before: at least one, in partition order.</summary>
    Task HandleAsync(
        IReadOnlyList<IncomingEvent<TInput>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    );
}
