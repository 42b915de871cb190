using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Data.Audit;
using Commerce.Order.AfterCommit;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Cancelling;

/// <summary>POST /orders/{id}/cancel.</summary>
internal static class CancelOrder
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/orders/{id:guid}/cancel", HandleAsync)
            .WithTags("Orders")
            .WithName("CancelOrder")
            .WithSummary("Cancels the own order until its boxes left the farm. Also fine when it is cancelled already.")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id,
        ClaimsPrincipal shopper,
        OrderCancellation cancellation,
        CancellationToken cancellationToken
    ) => cancellation.RunAsync(id, shopper.AccountId(), admin: null, cancellationToken);
}

/// <summary>POST /admin/orders/{id}/cancel.</summary>
internal static class CancelAnyOrder
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/admin/orders/{id:guid}/cancel", HandleAsync)
            .WithTags("Admin")
            .WithName("CancelAnyOrder")
            .WithSummary("Cancels any order, by the same rule.")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static Task<Results<NoContent, ProblemHttpResult>> HandleAsync(
        Guid id,
        ClaimsPrincipal admin,
        OrderCancellation cancellation,
        CancellationToken cancellationToken
    ) => cancellation.RunAsync(id, accountId: null, admin, cancellationToken);
}

/// <summary>Cancels an order, for its shopper or an admin.</summary>
internal sealed class OrderCancellation(NpgsqlDataSource database, OrderStore store, OrderFollowUp followUp)
{
    /// <param name="accountId">Whose order it has to be; null: anybody's.</param>
    /// <param name="admin">Who cancels it instead of the shopper, if somebody does.</param>
    public async Task<Results<NoContent, ProblemHttpResult>> RunAsync(
        Guid id,
        Guid? accountId,
        ClaimsPrincipal? admin,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changes = await store.LockOwnAsync(transaction, id, accountId, cancellationToken);
        switch (changes.Locked.SingleOrDefault())
        {
            case null:
                return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound);
            case { Status: OrderStatus.Cancelled }:
                return TypedResults.NoContent();
            case { CanCancel: false } order:
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status409Conflict,
                    title: "Too late to cancel.",
                    detail: order.Status is OrderStatus.Rejected
                        ? "The order was rejected and holds nothing."
                        : "The boxes have left the farm."
                );
        }

        var reason = admin is null ? OrderReasons.CancelledByShopper : OrderReasons.CancelledByAdmin;
        changes.Apply(id, new CancelRequested(reason), traceParent: null);
        await store.SaveAsync(transaction, changes, cancellationToken);
        if (admin is not null)
        {
            await AuditLog.RecordAsync(transaction, admin, "order.cancel", id, note: null, cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
        followUp.Committed(changes);
        return TypedResults.NoContent();
    }
}
