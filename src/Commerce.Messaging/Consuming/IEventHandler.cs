namespace Commerce.Messaging;

/// <summary>
/// Handles events in batches, each inside one database transaction together with the inbox and the consumer's position.
/// Resolved from a new scope per batch. Written with set-based SQL; tolerates reordering and repetition.
/// An exception rolls the batch back and splits it until the poison message stands alone.
/// </summary>
public interface IEventHandler
{
    /// <summary>Only events that this consumer has not handled before and whose type is known; in partition order.</summary>
    Task HandleAsync(EventBatch batch, CancellationToken cancellationToken);
}
