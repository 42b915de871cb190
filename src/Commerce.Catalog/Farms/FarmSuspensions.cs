using Commerce.Catalog.Listings;
using Commerce.Contracts.Events;
using Commerce.Messaging.Consumers;
using Dapper;

namespace Commerce.Catalog.Farms;

/// <summary>
/// farmer.suspended and farmer.reinstated: a suspended farm's fruits leave the shop and come back with it. Orders that hold
/// boxes already go on.
/// </summary>
internal sealed class FarmSuspensions(ListingCache cache) : IEventHandler<FarmStanding>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<FarmStanding>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        // One row a farm, because a statement may not touch a row twice.
        var latest = events
            .GroupBy(standing => standing.Input.FarmId)
            .ToDictionary(standings => standings.Key, standings => standings.MaxBy(standing => standing.Input.At));
        await FarmLock.AcquireAsync(batch.Transaction, latest.Keys, cancellationToken);
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
                    FarmIds = latest.Values.Select(s => s.Input.FarmId).ToArray(),
                    Suspended = latest.Values.Select(s => s.Input.Reason is not null).ToArray(),
                    Reasons = latest.Values.Select(s => s.Input.Reason).ToArray(),
                    Ats = latest.Values.Select(s => s.Input.At.ToUniversalTime()).ToArray(),
                },
                batch.Transaction,
                cancellationToken: cancellationToken
            )
        );
        foreach (var fruit in changed)
            batch.Publish(fruit.FruitId, new FruitChanged(fruit), latest[fruit.FarmId].Event);
        batch.AfterCommit(_ => cache.InvalidateAsync());
    }
}

/// <summary>Whether a farm may sell.</summary>
/// <param name="Reason">Why it is suspended; null: it may sell.</param>
internal sealed record FarmStanding(Guid FarmId, string? Reason, DateTimeOffset At);
