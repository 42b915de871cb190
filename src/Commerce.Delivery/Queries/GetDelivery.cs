using Commerce.Delivery.Shipping;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Delivery.Queries;

internal static class GetDelivery
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/deliveries/{orderId:guid}", HandleAsync)
            .RequireAuthorization(Policies.SignedIn)
            .WithName("GetDelivery")
            .WithTags("Deliveries")
            .WithSummary("Where the boxes of an order are")
            .WithDescription("For the order's owner, the farmer of a line and admins.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<Contracts.Api.Delivery>, ProblemHttpResult>> HandleAsync(
        Guid orderId,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        var found = await connection.QuerySingleOrDefaultAsync<DeliveryRow>(
            new CommandDefinition(
                $"""
                select {DeliveryRow.Columns} from deliveries d
                where order_id = @orderId and scheduled_at is not null
                  and (account_id = @account or @account = any(farm_ids) or @admin)
                """,
                new
                {
                    orderId,
                    account = context.User.AccountId(),
                    admin = context.User.IsAdmin(),
                },
                cancellationToken: context.RequestAborted
            )
        );
        return found is null
            ? TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "No such delivery.")
            : TypedResults.Ok(found.View());
    }
}
