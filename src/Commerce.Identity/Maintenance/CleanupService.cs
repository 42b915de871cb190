using Commerce.Identity.Keys;
using Commerce.Identity.Sessions;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Npgsql;

namespace Commerce.Identity.Maintenance;

/// <summary>Every ten minutes: rotates signing keys that are due and forgets sessions and failed sign-ins that are over.</summary>
internal sealed class CleanupService(
    NpgsqlDataSource database,
    SigningKeys keys,
    SignInOptions options,
    ILogger<CleanupService> logger
) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(10));
        do
        {
            try
            {
                await keys.RotateAsync(stoppingToken);
                await DeleteExpiredAsync(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                logger.LogWarning(e, "Cleaning up failed; it tries again in ten minutes");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            """
            delete from session where expires_at < now() - interval '1 day';
            delete from sign_in_failure where first_at < now() - @Window;
            """,
            new { options.Window }
        );
    }
}
