using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>PUT /cart/items/{fruitId}.</summary>
internal static class PutCartItem
{
    public static void Map(IEndpointRouteBuilder cart) =>
        cart.MapPut("/items/{fruitId:guid}", HandleAsync)
            .WithName("PutCartItem")
            .WithSummary("Sets the number of boxes of a fruit, 1 to 99.")
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Cart>, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid fruitId,
        CartQuantity body,
        HttpContext context,
        CartStore carts,
        NpgsqlDataSource database
    )
    {
        if (CartKey.From(context) is not { } owner)
        {
            return Validation.Problem(CartKey.Header, CartKey.Rule);
        }

        if (body.Quantity is < 1 or > CartLimits.MaxBoxes)
        {
            return Validation.Problem("quantity", "must be 1 to 99");
        }

        long? price;
        await using (var connection = await database.OpenConnectionAsync(context.RequestAborted))
        {
            price = await connection.ExecuteScalarAsync<long?>(
                "select price_krw from fruit_copies where fruit_id = @fruitId and for_sale",
                new { fruitId }
            );
        }

        if (price is null)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status404NotFound,
                detail: "There is no such fruit for sale."
            );
        }

        return await carts.PutAsync(owner, fruitId, body.Quantity, price.Value, body.PriceSeen)
            ? await CartReader.ReadAsync(owner, carts, database, context.RequestAborted)
            : Validation.Problem("fruitId", $"a cart holds at most {CartLimits.MaxFruits} different fruits");
    }
}
