using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>DELETE /cart/items/{fruitId}.</summary>
internal static class RemoveCartItem
{
    public static void Map(IEndpointRouteBuilder cart) =>
        cart.MapDelete("/items/{fruitId:guid}", HandleAsync)
            .WithName("DeleteCartItem")
            .WithSummary("Takes a fruit out of the cart; also fine when it is not in it.")
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<Ok<Cart>, ValidationProblem>> HandleAsync(
        Guid fruitId,
        HttpContext context,
        CartStore carts,
        NpgsqlDataSource database
    )
    {
        if (CartKey.From(context) is not { } owner)
        {
            return Validation.Problem(CartKey.Header, CartKey.Rule);
        }

        await carts.RemoveAsync(owner, fruitId);
        return await CartReader.ReadAsync(owner, carts, database, context.RequestAborted);
    }
}
