using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>Asks now and then how much WAL the slot holds back: a slot that nobody reads fills the disk.</summary>
internal sealed class RelayLagMonitor(ReplicationSlot slot, RelayState state) : BackgroundService
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
            catch (NpgsqlException)
            {
                // Health and the relay itself say so.
            }

            await timer.WaitForNextTickAsync(stoppingToken);
        }
    }
}
