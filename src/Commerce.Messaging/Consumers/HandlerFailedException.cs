using Commerce.Messaging.Diagnostics;

namespace Commerce.Messaging.Consumers;

/// <summary>The handler's own fault, as opposed to the database's or the broker's.</summary>
internal sealed class HandlerFailedException(Exception cause) : Exception(cause.Message, cause)
{
    /// <summary>What is kept of it with the message.</summary>
    public string Summary => ErrorText.Of(InnerException!);
}
