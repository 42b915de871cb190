namespace Commerce.Messaging.Outbox;

/// <summary>Who publishes what is in the outbox.</summary>
/// <param name="Source">CloudEvents source, such as <c>/commerce/order</c>.</param>
/// <param name="Topic">Such as <c>commerce.order</c>.</param>
internal sealed record Publisher(string Source, string Topic);
