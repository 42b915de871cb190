using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Order.Carts;
using Commerce.Order.Live;
using Commerce.ServiceDefaults;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Order.Placing;

/// <summary>POST /orders.</summary>
internal static class PlaceOrderApi
{
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
        OrderIntake intake,
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

        var order = new OrderRequest(
            context.User.AccountId(),
            header.ToString(),
            IdempotencyKey.Hash(request),
            request,
            valid,
            Activity.Current?.Id
        );
        switch (await intake.PlaceAsync(order, cancellationToken))
        {
            case Placed.Now now:
                carts.Forget(CartOwner.Account(order.AccountId), valid.Boxes.Keys);
                live.OrdersChanged([now.OrderId]);
                return Answer(context, now.Answer);
            case Placed.Before before:
                carts.ForgetOrdered(CartOwner.Account(order.AccountId), order.Key, valid.Boxes.Keys);
                return Again(context, before.Answer, order.Hash);
            case Placed.Invalid invalid:
                return invalid.Validation.Problem();
            case Placed.TotalChanged changed:
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status409Conflict,
                    title: "The total has changed.",
                    detail: "A price changed since the total was shown. Nothing was ordered.",
                    extensions: new Dictionary<string, object?>(StringComparer.Ordinal)
                    {
                        ["totalKrw"] = changed.TotalKrw,
                    }
                );
            default:
                context.Response.Headers.RetryAfter = "1";
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status409Conflict,
                    title: "Still in flight.",
                    detail: "A request with this Idempotency-Key is being handled right now."
                );
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
