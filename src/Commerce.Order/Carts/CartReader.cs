using Commerce.Contracts.Api;
using Commerce.Order.Fruits;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Redis;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>A cart as shoppers see it: at today's prices.</summary>
internal static class CartReader
{
    public static async Task<Ok<Cart>> ReadAsync(
        CartKey owner,
        CartStore carts,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var stored = await carts.GetAsync(owner);
        if (stored.Entries.Count == 0)
        {
            return TypedResults.Ok(new Cart([], 0));
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var fruits = await connection.QueryAsync<FruitCopy>(
            new CommandDefinition(
                $"select {FruitReadModel.Columns} from fruit_copies where fruit_id = any(@ids) order by name, fruit_id",
                new { ids = stored.Entries.Keys.ToArray() },
                cancellationToken: cancellationToken
            )
        );
        var items = fruits
            .Select(fruit => new CartItem(
                fruit.FruitId,
                fruit.Name,
                fruit.NameEn,
                fruit.FarmName,
                fruit.ImageUrl,
                stored.Entries[fruit.FruitId].Quantity,
                fruit.PriceKrw,
                fruit.ForSale,
                fruit.FarmId,
                stored.Entries[fruit.FruitId].SeenPriceKrw
            ))
            .ToList();
        return TypedResults.Ok(
            new Cart(
                items,
                items.Where(item => item.ForSale).Sum(item => item.Quantity * item.UnitPriceKrw),
                stored.CheckoutKey
            )
        );
    }
}
