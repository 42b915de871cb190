using Commerce.Order.Fruits;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Redis;
using Dapper;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>
/// The cart, of guests and of signed-in shoppers. Lives in Redis alone: while Redis is away these calls answer 503 with
/// <c>Retry-After</c>, and nothing else of the shop does.
/// </summary>
internal static class CartEndpoints
{
    public static void Map(IEndpointRouteBuilder endpoints)
    {
        var cart = endpoints
            .MapGroup("/cart")
            .WithTags("Cart")
            .AddEndpointFilter(AnswerWithoutRedisAsync)
            .AddEndpointFilter(ChallengeDeadTokensAsync)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);
        GetCart.Map(cart);
        PutCartItem.Map(cart);
        RemoveCartItem.Map(cart);
        MergeCarts.Map(cart);
    }

    /// <summary>A token that no longer holds is not a guest: answering with an empty cart would hide the real one.</summary>
    private static ValueTask<object?> ChallengeDeadTokensAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    ) =>
        context.HttpContext.User.Identity is not { IsAuthenticated: true }
        && context.HttpContext.Request.Headers.Authorization.Count > 0
            ? new(TypedResults.Challenge())
            : next(context);

    private static async ValueTask<object?> AnswerWithoutRedisAsync(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        try
        {
            return await next(context);
        }
        catch (RedisAwayException)
        {
            context.HttpContext.Response.Headers.RetryAfter = "2";
            return TypedResults.Problem(
                statusCode: StatusCodes.Status503ServiceUnavailable,
                detail: "Carts are away for a moment. Everything else works; try again shortly."
            );
        }
    }
}
