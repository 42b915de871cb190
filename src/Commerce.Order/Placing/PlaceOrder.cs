using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Order.Carts;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Order.Placing;

/// <summary>POST /orders.</summary>
internal static class PlaceOrder
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/orders", HandleAsync)
            .WithTags("Orders")
            .WithName("PlaceOrder")
            .WithSummary(
                "Orders fruits at the server's prices. Needs the header Idempotency-Key; the same key with the same body "
                    + "gets the first answer again, within 24 h."
            )
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .Produces<OrderAccepted>(StatusCodes.Status202Accepted)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<Results<ContentHttpResult, ValidationProblem, ProblemHttpResult>> HandleAsync(
        PlaceOrderRequest request,
        HttpContext context,
        OrderBatchWriter writer,
        CartStore carts,
        CancellationToken cancellationToken
    )
    {
        var validation = new Validation();
        var header = context.Request.Headers[IdempotencyKey.Header];
        validation.Check(IdempotencyKey.Header, IdempotencyKey.IsValid(header), IdempotencyKey.Rule);
        var (boxes, address) = PlaceOrderValidation.Check(request, validation);
        if (validation.Failed)
        {
            return validation.Problem();
        }

        var order = new OrderRequest(
            context.User.AccountId(),
            header.ToString(),
            IdempotencyKey.Hash(request),
            request,
            boxes,
            address,
            Activity.Current?.Id
        );
        switch (await writer.PlaceAsync(order, cancellationToken))
        {
            case PlaceOrderResult.Created created:
                return Answer(context, created.Answer);
            case PlaceOrderResult.Replayed replayed:
                carts.ForgetOrdered(CartKey.Account(order.AccountId), order.Key, boxes.Keys);
                return Again(context, replayed.Answer, order.Hash);
            case PlaceOrderResult.Invalid invalid:
                return invalid.Validation.Problem();
            case PlaceOrderResult.TotalChanged changed:
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

    private static Results<ContentHttpResult, ValidationProblem, ProblemHttpResult> Again(
        HttpContext context,
        StoredAnswer first,
        byte[] hash
    ) =>
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
