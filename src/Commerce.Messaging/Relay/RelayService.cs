using Commerce.Data.Connections;
using Commerce.ServiceDefaults.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Relay;

/// <summary>Publishes the outbox. Every end of a session is followed by the next, from the slot's own position on.</summary>
internal sealed class RelayService(
    IServiceProvider services,
    ReplicationSlot slot,
    RelayStore store,
    RelayState state,
    ILogger<RelayService> logger
) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var untraced = Untraced.Begin();
        var pause = FirstPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            state.State = RelayState.Connecting;
            var session = ActivatorUtilities.CreateInstance<RelaySession>(services);
            try
            {
                await EnsureSlotAsync(stoppingToken);
                await session.RunAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (BrokerEmptiedException exception)
            {
                logger.LogWarning("{Reason} A new epoch begins.", exception.Message);
                await TryAsync(() => store.BeginEpochAsync(exception.ClusterId));
            }
            catch (Exception exception) when (TransientErrors.Is(exception))
            {
                logger.LogWarning("The relay reconnects: {Reason}", exception.Message);
            }
            catch (Exception exception)
            {
                logger.LogError(exception, "The relay starts over");
            }

            pause = session.HasConfirmed ? FirstPause : Min(pause * 2, LongestPause);
            state.State = RelayState.Connecting;
            await Task.Delay(pause, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        state.State = RelayState.Stopped;
    }

    /// <summary>
    /// Without a slot nothing is kept for us. What was written before a new one exists is published from the table, so the
    /// need for that is written down first.
    /// </summary>
    private async Task EnsureSlotAsync(CancellationToken cancellationToken)
    {
        await store.LoadAsync(cancellationToken);
        if (await slot.FindLossAsync(cancellationToken) is { } loss)
        {
            logger.LogInformation("Replication slot {Slot} is {Loss}", slot.Name, loss);
            await store.MarkBacklogPendingAsync();
            await slot.CreateAsync(cancellationToken);
            await store.SetBacklogEndAsync();
        }
    }

    private async Task TryAsync(Func<Task> action)
    {
        try
        {
            await action();
        }
        catch (Exception exception)
        {
            // The broker is still empty when the next session looks.
            logger.LogWarning("Not written down: {Reason}", exception.Message);
        }
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
