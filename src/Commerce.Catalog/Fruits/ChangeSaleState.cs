using Commerce.Catalog.Farms;
using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>PUT /fruits/{id}/for-sale: alone, so that withdrawing a fruit cannot bring back an older text or price.</summary>
internal static class ChangeSaleState
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/fruits/{id:guid}/for-sale", HandleAsync)
            .ForFarmWrites()
            .WithSummary("Withdraws an own fruit or brings it back");

    private static async Task<Results<NoContent, NotFound>> HandleAsync(
        Guid id,
        SaleState state,
        HttpContext http,
        NpgsqlDataSource database,
        IOutbox outbox,
        ListingCache cache,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FarmLock.AcquireAsync(transaction, [http.User.AccountId()], cancellationToken);
        var changed = await connection.QuerySingleOrDefaultAsync<FruitSnapshot>(
            new CommandDefinition(
                $"""
                update fruits f set for_sale = @ForSale, version = f.version + 1
                from farms farm where f.id = @id and f.farm_id = @Sub and farm.id = f.farm_id
                returning {ChangeFruit.Snapshot}
                """,
                new
                {
                    id,
                    state.ForSale,
                    Sub = http.User.AccountId(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (changed is null)
            return TypedResults.NotFound();

        await outbox.AppendAsync(transaction, [new OutgoingEvent(id, new FruitChanged(changed))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await cache.InvalidateAsync();
        return TypedResults.NoContent();
    }
}
