using Commerce.ServiceDefaults.Telemetry;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Relay;

/// <summary>Asks now and then how much WAL the slot holds back: a slot that nobody reads fills the disk.</summary>
internal sealed class RelayLagMonitor(ReplicationSlot slot, RelayState state, ILogger<RelayLagMonitor> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(Interval);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                state.LagBytes = await slot.LagBytesAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // Mostly the database is away, which health and the relay itself say. Whatever it is, it must not end the service.
                logger.LogDebug("How much log the slot holds is not known: {Reason}", exception.Message);
            }

            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }
}
