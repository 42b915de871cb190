using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Data.Audit;
using Commerce.Order.AfterCommit;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Npgsql;

namespace Commerce.Order.Cancelling;

/// <summary>POST /orders/{id}/cancel and POST /admin/orders/{id}/cancel.</summary>
internal static class CancelOrderApi
{
    public static void MapCancelOrder(this IEndpointRouteBuilder endpoints)
    {
        Describe(endpoints.MapPost("/orders/{id:guid}/cancel", CancelOwnAsync))
            .WithTags("Orders")
            .WithName("CancelOrder")
            .WithSummary("Cancels the own order until its boxes left the farm. Also fine when it is cancelled already.")
            .RequireAuthorization(Policies.SignedIn);
        Describe(endpoints.MapPost("/admin/orders/{id:guid}/cancel", CancelAnyAsync))
            .WithTags("Admin")
            .WithName("CancelAnyOrder")
            .WithSummary("Cancels any order, by the same rule.")
            .RequireAuthorization(Policies.Admin);
    }

    private static RouteHandlerBuilder Describe(RouteHandlerBuilder route) =>
        route
            .RequireRateLimiting(RateLimits.Writes)
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static Task<IResult> CancelOwnAsync(
        Guid id,
        HttpContext context,
        NpgsqlDataSource database,
        OrderStore store,
        OrderFollowUp followUp,
        CancellationToken cancellationToken
    ) => CancelAsync(id, context.User.AccountId(), admin: null, database, store, followUp, cancellationToken);

    private static Task<IResult> CancelAnyAsync(
        Guid id,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        OrderStore store,
        OrderFollowUp followUp,
        CancellationToken cancellationToken
    ) => CancelAsync(id, accountId: null, admin, database, store, followUp, cancellationToken);

    private static async Task<IResult> CancelAsync(
        Guid id,
        Guid? accountId,
        ClaimsPrincipal? admin,
        NpgsqlDataSource database,
        OrderStore store,
        OrderFollowUp followUp,
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
