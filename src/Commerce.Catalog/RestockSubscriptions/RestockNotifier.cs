using Commerce.Catalog.Live;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.RestockSubscriptions;

/// <summary>Tells the open pages of those who wait for a fruit that it can be ordered again.</summary>
internal sealed class RestockNotifier(NpgsqlDataSource database, LiveUpdates live, ILogger<RestockNotifier> logger)
{
    /// <summary>Call after the commit; does not wait.</summary>
    public void BackInStock(IReadOnlyCollection<Guid> fruits)
    {
        if (fruits.Count > 0)
        {
            _ = TellAsync([.. fruits]);
        }
    }

    private async Task TellAsync(Guid[] fruits)
    {
        try
        {
            await using var connection = await database.OpenConnectionAsync();
            var waiting = await connection.QueryAsync<Guid>(
                "select distinct account_id from wishes where fruit_id = any(@fruits)",
                new { fruits }
            );
            live.WishesChanged(waiting.AsList());
        }
        catch (NpgsqlException exception)
        {
            // Those who wait see it at their next visit.
            logger.LogWarning("Could not look for those who wait ({Reason})", exception.GetType().Name);
        }
    }
}
