namespace Commerce.ServiceDefaults.Redis;

/// <summary>Redis cannot be reached, does not answer in time, or refused the call; the cause says which.</summary>
public sealed class RedisAwayException : Exception
{
    public RedisAwayException() { }

    public RedisAwayException(string message)
        : base(message) { }

    public RedisAwayException(string message, Exception innerException)
        : base(message, innerException) { }
}
