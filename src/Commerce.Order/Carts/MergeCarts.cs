using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>POST /cart/merge.</summary>
internal static class MergeCarts
{
    public static void Map(IEndpointRouteBuilder cart) =>
        cart.MapPost("/merge", HandleAsync)
            .WithName("MergeCart")
            .WithSummary("Moves a guest's cart into the signed-in account's. Sent twice it adds once.")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<Ok<Cart>, ValidationProblem>> HandleAsync(
        MergeCart body,
        HttpContext context,
        CartStore carts,
        NpgsqlDataSource database
    )
    {
        if (CartKey.Guest(body.CartId) is not { } guest)
        {
            return Validation.Problem("cartId", CartKey.Rule);
        }

        var account = CartKey.Account(context.User.AccountId());
        await carts.MergeAsync(guest, account);
        return await CartReader.ReadAsync(account, carts, database, context.RequestAborted);
    }
}
