using Commerce.Contracts.Api;
using Commerce.Storefront.Api;

namespace Commerce.Storefront.AdminDesk;

/// <summary>What one service said last about its messaging, and the last few minutes of it. Of one page, on its thread.</summary>
public sealed class ServiceWatch(string name, ServiceApi api)
{
    private const int Kept = 60;
    private readonly List<Sample> _samples = [];
    private bool _asking;

    public string Name { get; } = name;

    /// <summary>Null until it has answered, or failed to, for the first time.</summary>
    public ApiResult<MessagingStatus>? Status { get; private set; }

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Sample> Samples => _samples;

    public bool IsDown => Status?.ErrorKind is not null;

    /// <summary>Answers, but its events do not leave it.</summary>
    public bool IsAiling => Status?.Value?.Relay.State is not (null or "streaming" or "standby");

    /// <summary>Messages that wait for this service; null when the broker does not say.</summary>
    public long? ConsumerLag =>
        Status?.Value is { } status && status.Consumers.All(consumer => consumer.Lag >= 0)
            ? status.Consumers.Sum(consumer => consumer.Lag)
            : null;

    /// <summary>Asks, unless the last question is still open: one that is down must not hold up the others.</summary>
    public async Task AskAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_asking)
        {
            return;
        }

        _asking = true;
        try
        {
            Status = await ApiResult.From(api.MessagingAsync(cancellationToken));
            _samples.Add(new Sample(now, Status.Value?.Relay.LagBytes, ConsumerLag));
            if (_samples.Count > Kept)
            {
                _samples.RemoveAt(0);
            }
        }
        finally
        {
            _asking = false;
        }
    }

    /// <summary>Null where the service did not say.</summary>
    public sealed record Sample(DateTimeOffset At, long? OutboxBytes, long? ConsumerLag);
}
