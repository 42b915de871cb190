using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Redis;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>GET /cart.</summary>
internal static class GetCart
{
    public static void Map(IEndpointRouteBuilder cart) =>
        cart.MapGet("/", HandleAsync)
            .WithName("GetCart")
            .WithSummary("The cart at today's prices. Guests name theirs in X-Cart-Id.");

    private static async Task<Results<Ok<Cart>, ValidationProblem>> HandleAsync(
        HttpContext context,
        CartStore carts,
        NpgsqlDataSource database
    )
    {
        if (CartKey.From(context) is not { } owner)
        {
            return Validation.Problem(CartKey.Header, CartKey.Rule);
        }

        return await CartReader.ReadAsync(owner, carts, database, context.RequestAborted);
    }
}
