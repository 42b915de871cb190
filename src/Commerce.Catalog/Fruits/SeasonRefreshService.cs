using Commerce.Catalog.Listings;
using Commerce.ServiceDefaults.Telemetry;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>
/// Turns the market to the month in Seoul: lists are ordered by <c>fruits.in_season</c>, which holds for the month in table
/// <c>season</c>. Looks at its start, and then every minute whether the month is another.
/// </summary>
internal sealed class SeasonRefreshService(
    NpgsqlDataSource database,
    ListingCache cache,
    TimeProvider time,
    ILogger<SeasonRefreshService> logger
) : BackgroundService
{
    private const int AtOnce = 5_000;
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var untraced = Untraced.Begin();
        using var timer = new PeriodicTimer(Every, time);
        var turned = 0;
        do
        {
            var month = Calendar.Today(time.GetUtcNow()).Month;
            if (month == turned)
                continue;
            try
            {
                if (await TurnAsync(database, month, stoppingToken) > 0)
                    await cache.InvalidateAsync();
                turned = month;
            }
            catch (NpgsqlException exception)
            {
                logger.LogWarning(exception, "The lists keep the order of the month before; trying again later");
            }
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Also completes what another began and did not end. How many fruits came into season or left it.</summary>
    internal static async Task<int> TurnAsync(NpgsqlDataSource database, int month, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        // First, so that fruits that come meanwhile are right.
        await connection.ExecuteAsync(
            new CommandDefinition(
                "update season set month = @month where month <> @month",
                new { month },
                cancellationToken: cancellationToken
            )
        );
        var (turned, all) = (AtOnce, 0);
        while (turned == AtOnce)
        {
            turned = await connection.ExecuteAsync(
                new CommandDefinition(
                    """
                    update fruits set in_season = not in_season where id in (
                      select id from fruits where in_season <> is_season(season_from, season_to, @month) limit @AtOnce)
                    and in_season <> is_season(season_from, season_to, @month)
                    """,
                    new { month, AtOnce },
                    cancellationToken: cancellationToken
                )
            );
            all += turned;
        }

        return all;
    }
}
