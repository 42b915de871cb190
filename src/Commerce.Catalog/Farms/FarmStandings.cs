using Commerce.Catalog.Live;
using Commerce.Contracts.Events;
using Commerce.Messaging;
using Dapper;

namespace Commerce.Catalog.Farms;

/// <summary>
/// farmer.suspended and farmer.reinstated: a suspended farm's fruits leave the shop and come back with it. Orders that hold
/// boxes already go on.
/// </summary>
internal static class FarmStandings
{
    public static async Task HandleAsync(EventBatch batch, ShopCache cache, CancellationToken cancellationToken)
    {
        // One row a farm, because a statement may not touch a row twice.
        var latest = batch
            .Events.Select(Read)
            .OfType<Standing>()
            .GroupBy(standing => standing.FarmId)
            .Select(standings => standings.MaxBy(standing => standing.At)!)
            .ToDictionary(standing => standing.FarmId);
        if (latest.Count == 0)
            return;

        await FarmTurn.TakeAsync(batch.Transaction, latest.Keys, cancellationToken);
        var changed = await batch.Connection.QueryAsync<FruitSnapshot>(
            new CommandDefinition(
                """
                with standing as (
                  insert into farm_standings as s (farm_id, suspended, reason, at)
                  select * from unnest(@FarmIds, @Suspended, @Reasons, @Ats) n(farm_id, suspended, reason, at)
                  order by farm_id
                  on conflict (farm_id) do update
                  set suspended = excluded.suspended, reason = excluded.reason, at = excluded.at where excluded.at > s.at
                  returning farm_id, suspended
                ), touched as (
                  select f.id, standing.suspended from fruits f join standing using (farm_id)
                  where case when standing.suspended then f.for_sale else f.withdrawn end
                  order by f.id for update of f
                )
                update fruits f set for_sale = not touched.suspended, withdrawn = touched.suspended, version = f.version + 1
                from touched, farms farm where f.id = touched.id and farm.id = f.farm_id
                returning f.id as fruit_id, f.farm_id, f.name, f.name_en, farm.name as farm_name, f.price_krw, f.image_url,
                  f.for_sale, f.version
                """,
                new
                {
                    FarmIds = latest.Values.Select(s => s.FarmId).ToArray(),
                    Suspended = latest.Values.Select(s => s.Reason is not null).ToArray(),
                    Reasons = latest.Values.Select(s => s.Reason).ToArray(),
                    Ats = latest.Values.Select(s => s.At.ToUniversalTime()).ToArray(),
                },
                batch.Transaction,
                cancellationToken: cancellationToken
            )
        );
        foreach (var fruit in changed)
            batch.Publish(fruit.FruitId, new FruitChanged(fruit), latest[fruit.FarmId].Cause);
        batch.AfterCommit(_ => cache.InvalidateAsync());
    }

    private static Standing? Read(IncomingEvent incoming) =>
        incoming.Data switch
        {
            FarmerSuspended suspended => new(suspended.AccountId, suspended.Reason, suspended.At, incoming),
            FarmerReinstated reinstated => new(reinstated.AccountId, null, reinstated.At, incoming),
            _ => null,
        };

    private sealed record Standing(Guid FarmId, string? Reason, DateTimeOffset At, IncomingEvent Cause);
}
