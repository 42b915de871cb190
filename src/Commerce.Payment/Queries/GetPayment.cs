using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;
using PaymentView = Commerce.Contracts.Api.Payment;

namespace Commerce.Payment.Queries;

internal static class GetPayment
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/payments/{orderId:guid}", HandleAsync)
            .RequireAuthorization(Policies.SignedIn)
            .WithName("GetPayment")
            .WithTags("Payments")
            .WithSummary("Where the money of an order is")
            .WithDescription(
                "For the order's owner and admins. Status: pending, captured, declined, refunded, cancelled."
            )
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<PaymentView>, ProblemHttpResult>> HandleAsync(
        Guid orderId,
        HttpContext context,
        NpgsqlDataSource database
    )
    {
        await using var connection = await database.OpenConnectionAsync(context.RequestAborted);
        // A row without an account knows of the order only by its reservation or its end: nobody's yet.
        var payment = await connection.QuerySingleOrDefaultAsync<PaymentView>(
            new CommandDefinition(
                """
                select order_id,
                  case state
                    when 'waiting' then 'pending' when 'charging' then 'pending' when 'refunding' then 'captured' else state
                  end as status,
                  amount_krw, code, updated_at
                from payments
                where order_id = @orderId and account_id is not null and (account_id = @account or @admin)
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
        return payment is null
            ? TypedResults.Problem(statusCode: StatusCodes.Status404NotFound, detail: "No such payment.")
            : TypedResults.Ok(payment);
    }
}
