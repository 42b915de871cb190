using Commerce.Contracts.Events;
using Commerce.Messaging.Consumers;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>farmer.approved: the farm opens under its farmer's account id. A farm that is open stays as it is.</summary>
internal sealed class CreateFarmOnApproval : IEventHandler<FarmerApproved>
{
    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<FarmerApproved>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var approved = events.Select(e => e.Input).ToList();
        await using var insert = new NpgsqlCommand(
            """
            insert into farms (id, name, name_en, region, region_en)
            select * from unnest($1, $2, $3, $4, $5) on conflict (id) do nothing
            """,
            batch.Connection,
            batch.Transaction
        )
        {
            Parameters =
            {
                new() { Value = approved.Select(a => a.AccountId).ToArray() },
                new() { Value = approved.Select(a => a.FarmName).ToArray() },
                new() { Value = approved.Select(a => a.FarmNameEn).ToArray() },
                new() { Value = approved.Select(a => a.Region).ToArray() },
                new() { Value = approved.Select(a => Regions.English(a.Region)).ToArray() },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }
}
