using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.Messaging.Relay;

/// <summary>What this process's relay is doing, for health, metrics and <c>GET /messaging</c>.</summary>
internal sealed class RelayState
{
    public const string Streaming = "streaming";
    public const string Standby = "standby";
    public const string Connecting = "connecting";
    public const string Stopped = "stopped";

    private volatile string _state = Stopped;
    private long _lagBytes;
    private Func<long> _inFlight = static () => 0;
    private long _since = Environment.TickCount64;

    public string State
    {
        get => _state;
        set
        {
            if (_state != value)
            {
                Interlocked.Exchange(ref _since, Environment.TickCount64);
                _state = value;
            }
        }
    }

    public TimeSpan InState => TimeSpan.FromMilliseconds(Environment.TickCount64 - Interlocked.Read(ref _since));

    public long InFlight => _inFlight();

    /// <summary>WAL in bytes that the slot holds back, as of a few seconds ago.</summary>
    public long LagBytes
    {
        get => Interlocked.Read(ref _lagBytes);
        set => Interlocked.Exchange(ref _lagBytes, value);
    }

    public void Watch(Func<long> inFlight) => _inFlight = inFlight;
}

/// <summary>
/// A relay without broker does not make the service unready: it still serves, and publishes later. So it degrades only.
/// </summary>
internal sealed class RelayHealthCheck(RelayState relay) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var bad = relay.State is RelayState.Connecting or RelayState.Stopped && relay.InState > Timeout;
        return Task.FromResult(
            bad
                ? HealthCheckResult.Degraded($"The relay has been {relay.State} for {relay.InState.TotalSeconds:0} s.")
                : HealthCheckResult.Healthy(relay.State)
        );
    }
}
