using Commerce.Data.Audit;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Delivery.Shipping;

/// <summary>
/// POST /deliveries/{orderId}/advance: one step by hand, READY → ON_ROUTE → DELIVERED. An order may have boxes of several farms:
/// a farmer who hands over moves the own boxes only, the order is on its way with the first of them and can arrive once all
/// left. An admin moves the whole order.
/// </summary>
internal static class AdvanceDelivery
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/deliveries/{orderId:guid}/advance", HandleAsync)
            .RequireAuthorization(policy => policy.RequireAuthenticatedUser().RequireRole("farmer", "admin"))
            .RequireRateLimiting(RateLimits.Writes)
            .WithName("AdvanceDelivery")
            .WithTags("Deliveries")
            .WithSummary("Moves a delivery one step on")
            .WithDescription(
                "For the farmer of a line of the order and admins. 409 once it is DELIVERED or CANCELLED, and for a farmer "
                    + "who has nothing left to hand over while another farm has."
            )
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<Contracts.Api.Delivery>, ProblemHttpResult>> HandleAsync(
        Guid orderId,
        HttpContext context,
        NpgsqlDataSource database,
        IOutbox outbox
    )
    {
        var cancellationToken = context.RequestAborted;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var found = await connection.QuerySingleOrDefaultAsync<DeliveryRow>(
            new CommandDefinition(
                $"""
                select {DeliveryRow.Columns} from deliveries d
                where order_id = @orderId and scheduled_at is not null and (@account = any(farm_ids) or @admin)
                for no key update
                """,
                new
                {
                    orderId,
                    account = context.User.AccountId(),
                    admin = context.User.IsAdmin(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (found is null)
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "No such delivery.");
        }

        if (found.Status is DeliveryStatus.Delivered or DeliveryStatus.Cancelled)
        {
            return Conflict($"The delivery is {found.Status} and goes no further.");
        }

        var left = context.User.IsAdmin() ? [] : found.WaitingFor.Except([context.User.AccountId()]).ToArray();
        var handsOver = found.Status is DeliveryStatus.Ready || left.Length < found.WaitingFor.Length;
        if (!handsOver && left.Length > 0)
        {
            return Conflict("Another farm has not handed its boxes over yet.");
        }

        var moved = await connection.QuerySingleAsync<DeliveryRow>(
            new CommandDefinition(
                $"""
                update deliveries d set
                  status = case when @handsOver then 'ON_ROUTE' else 'DELIVERED' end,
                  waiting_for = @left,
                  on_route_at = coalesce(on_route_at, now()),
                  delivered_at = case when not @handsOver then now() end,
                  updated_at = now()
                where order_id = @orderId
                returning {DeliveryRow.Columns}
                """,
                new
                {
                    orderId,
                    handsOver,
                    left,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await outbox.AppendAsync(transaction, [moved.LastStep()], cancellationToken);
        if (context.User.IsAdmin())
        {
            await AuditLog.RecordAsync(
                transaction,
                context.User,
                "delivery.advance",
                orderId,
                moved.Status,
                cancellationToken
            );
        }

        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Ok(moved.View());
    }

    private static ProblemHttpResult Conflict(string detail) =>
        TypedResults.Problem(statusCode: StatusCodes.Status409Conflict, detail: detail);
}
