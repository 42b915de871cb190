using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Data.Audit;
using Commerce.Order.AfterCommit;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Cancelling;

/// <summary>POST /admin/orders/{id}/refund.</summary>
internal static class RefundOrder
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/admin/orders/{id:guid}/refund", HandleAsync)
            .WithTags("Admin")
            .WithName("RefundOrder")
            .WithSummary("Gives the money of a delivered order back. Also fine when that was asked for already.")
            .RequireAuthorization(Policies.Admin)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, ValidationProblem, ProblemHttpResult>> HandleAsync(
        Guid id,
        RefundOrderRequest body,
        ClaimsPrincipal admin,
        NpgsqlDataSource database,
        OrderStore store,
        OrderFollowUp followUp,
        CancellationToken cancellationToken
    )
    {
        var validation = new Validation();
        if (!validation.Text("reason", body.Reason, max: 300))
        {
            return validation.Problem();
        }

        var reason = body.Reason.Trim();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var changes = await store.LockOwnAsync(transaction, id, accountId: null, cancellationToken);
        switch (changes.Locked.SingleOrDefault())
        {
            case null:
                return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound);
            case { RefundReason: not null }:
                return TypedResults.NoContent();
            case { CanRefund: false } order:
                return TypedResults.Problem(
                    statusCode: StatusCodes.Status409Conflict,
                    title: "There is nothing to refund.",
                    detail: order.CanCancel
                        ? "The boxes are still at the farm: cancel the order instead."
                        : $"The order is {order.Status}, its payment {order.PaymentStatus}."
                );
        }

        changes.Apply(id, new RefundRequested(reason), traceParent: null);
        await store.SaveAsync(transaction, changes, cancellationToken);
        await AuditLog.RecordAsync(transaction, admin, "order.refund", id, reason, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        followUp.Committed(changes);
        return TypedResults.NoContent();
    }
}
