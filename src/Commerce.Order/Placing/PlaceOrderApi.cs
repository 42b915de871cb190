using System.Text;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Order.Carts;
using Commerce.Order.Live;
using Commerce.Order.Saga;
using Commerce.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>POST /orders.</summary>
internal static class PlaceOrderApi
{
    private const long MostKrw = 100_000_000;

    public static void MapPlaceOrder(this IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/orders", PlaceAsync)
            .WithTags("Orders")
            .WithName("PlaceOrder")
            .WithSummary(
                "Orders fruits at the server's prices. Needs the header Idempotency-Key; the same key with the same body "
                    + "gets the first answer again, within 24 h."
            )
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .Produces<OrderAccepted>(StatusCodes.Status202Accepted)
            .ProducesValidationProblem()
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> PlaceAsync(
        PlaceOrder request,
        HttpContext context,
        NpgsqlDataSource database,
        PlaceOrderStore store,
        CartStore carts,
        LiveUpdates live,
        CancellationToken cancellationToken
    )
    {
        var validation = new Validation();
        var header = context.Request.Headers[IdempotencyKey.Header];
        validation.Check(IdempotencyKey.Header, IdempotencyKey.IsValid(header), IdempotencyKey.Rule);
        if (PlaceOrderValidation.Check(request, validation) is not { } valid)
        {
            return validation.Problem();
        }

        var accountId = context.User.AccountId();
        var key = header.ToString();
        var hash = IdempotencyKey.Hash(request);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var known = await PlaceOrderStore.ReadAsync(connection, accountId, key, valid.Boxes.Keys, cancellationToken);
        if (known.FirstAnswer is { } first)
        {
            carts.ForgetOrdered(CartOwner.Account(accountId), key, valid.Boxes.Keys);
            return Again(context, first, hash);
        }

        PlaceOrderValidation.CheckFruits(request, known.ForSale.Keys.ToHashSet(), validation);
        if (validation.Failed)
        {
            return validation.Problem();
        }

        var total = valid.Boxes.Aggregate(
            (Int128)0,
            (sum, box) => sum + known.ForSale[box.Key].PriceKrw * (Int128)box.Value
        );
        if (!validation.Check("items", total > 0 && total <= MostKrw, $"must come to 1 to {MostKrw:N0} KRW"))
        {
            return validation.Problem();
        }

        var totalKrw = (long)total;
        if (request.ExpectedTotalKrw is { } expected && expected != totalKrw)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "The total has changed.",
                detail: "A price changed since the total was shown. Nothing was ordered.",
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["totalKrw"] = totalKrw }
            );
        }

        var order = store.NewOrder(accountId, valid, known, totalKrw, request.PaymentToken);
        var answer = new StoredAnswer(
            hash,
            StatusCodes.Status202Accepted,
            JsonSerializer.Serialize(
                new OrderAccepted(order.Id, order.Status, totalKrw),
                ContractsJson.Default.OrderAccepted
            ),
            $"/orders/{order.Id}"
        );
        switch (await store.WriteAsync(connection, key, answer, order, valid, known, cancellationToken))
        {
            case Written.InFlight:
                context.Response.Headers.RetryAfter = "1";
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status409Conflict,
                    title: "Still in flight.",
                    detail: "A request with this Idempotency-Key is being handled right now."
                );
            case Written.ByAnother:
                known = await PlaceOrderStore.ReadAsync(connection, accountId, key, [], cancellationToken);
                return Again(context, known.FirstAnswer!, hash);
            default:
                carts.Forget(CartOwner.Account(accountId), valid.Boxes.Keys);
                await live.OrdersChangedAsync([order.Id]);
                return Answer(context, answer);
        }
    }

    private static IResult Again(HttpContext context, StoredAnswer first, byte[] hash) =>
        first.RequestHash.AsSpan().SequenceEqual(hash)
            ? Answer(context, first)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status422UnprocessableEntity,
                title: "This Idempotency-Key was used for another order.",
                detail: "Send a new key with a new order.",
                extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["orderId"] = OrderOf(first) }
            );

    private static Guid OrderOf(StoredAnswer first) =>
        JsonSerializer.Deserialize(first.Body, ContractsJson.Default.OrderAccepted)!.OrderId;

    private static ContentHttpResult Answer(HttpContext context, StoredAnswer answer)
    {
        context.Response.Headers.Location = answer.Location;
        return TypedResults.Text(answer.Body, "application/json", Encoding.UTF8, answer.Status);
    }
}
