using Commerce.Contracts.Api;
using Commerce.Order.Fruits;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Redis;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Npgsql;

namespace Commerce.Order.Carts;

/// <summary>
/// The cart, of guests and of signed-in shoppers. Lives in Redis alone: while Redis is away these calls answer 503 with
/// <c>Retry-After</c>, and nothing else of the shop does.
/// </summary>
internal static class CartApi
{
    public static void MapCart(this IEndpointRouteBuilder endpoints)
    {
        var cart = endpoints
            .MapGroup("/cart")
            .WithTags("Cart")
            .AddEndpointFilter(AnswerWithoutRedisAsync)
            .ProducesProblem(StatusCodes.Status503ServiceUnavailable);

        cart.MapGet("/", GetAsync)
            .WithName("GetCart")
            .WithSummary("The cart at today's prices. Guests name theirs in X-Cart-Id.")
            .Produces<Cart>()
            .ProducesValidationProblem();
        cart.MapPut("/items/{fruitId:guid}", PutAsync)
            .WithName("PutCartItem")
            .WithSummary("Sets the number of boxes of a fruit, 1 to 99.")
            .RequireRateLimiting(RateLimits.Writes)
            .Produces<Cart>()
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status404NotFound);
        cart.MapDelete("/items/{fruitId:guid}", DeleteAsync)
            .WithName("DeleteCartItem")
            .WithSummary("Takes a fruit out of the cart; also fine when it is not in it.")
            .RequireRateLimiting(RateLimits.Writes)
            .Produces<Cart>()
            .ProducesValidationProblem();
        cart.MapPost("/merge", MergeAsync)
            .WithName("MergeCart")
            .WithSummary("Moves a guest's cart into the signed-in account's. Sent twice it adds once.")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .Produces<Cart>()
            .ProducesValidationProblem();
    }

    private static async Task<IResult> GetAsync(HttpContext context, CartStore carts, NpgsqlDataSource database)
    {
        var (owner, error) = CartKey.Of(context);
        return owner is null ? error! : await ShowAsync(owner.Value, carts, database, context.RequestAborted);
    }

    private static async Task<IResult> PutAsync(
        Guid fruitId,
        CartQuantity body,
        HttpContext context,
        CartStore carts,
        NpgsqlDataSource database
    )
    {
        var (owner, error) = CartKey.Of(context);
        if (owner is null)
        {
            return error!;
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

        return await carts.PutAsync(owner.Value, fruitId, body.Quantity, price.Value, body.PriceSeen)
            ? await ShowAsync(owner.Value, carts, database, context.RequestAborted)
            : Validation.Problem("fruitId", $"a cart holds at most {CartLimits.MaxFruits} different fruits");
    }

    private static async Task<IResult> DeleteAsync(
        Guid fruitId,
        HttpContext context,
        CartStore carts,
        NpgsqlDataSource database
    )
    {
        var (owner, error) = CartKey.Of(context);
        if (owner is null)
        {
            return error!;
        }

        await carts.RemoveAsync(owner.Value, fruitId);
        return await ShowAsync(owner.Value, carts, database, context.RequestAborted);
    }

    private static async Task<IResult> MergeAsync(
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
        return await ShowAsync(account, carts, database, context.RequestAborted);
    }

    private static async Task<IResult> ShowAsync(
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
