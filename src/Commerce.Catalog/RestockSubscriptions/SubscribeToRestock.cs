using Commerce.Catalog.Live;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.RestockSubscriptions;

/// <summary>PUT /fruits/{id}/wish: "tell me when it is back".</summary>
internal static class SubscribeToRestock
{
    private const int MostPerAccount = 200;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/fruits/{id:guid}/wish", HandleAsync)
            .WithTags("Wishes")
            .WithSummary("Remembers that the account wants this fruit when it can be ordered again")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> HandleAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        LiveUpdates live,
        CancellationToken cancellationToken
    )
    {
        var account = http.User.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (known, full) = await connection.QuerySingleAsync<(bool, bool)>(
            new CommandDefinition(
                """
                with full_up as (
                  select count(*) filter (where fruit_id <> @id) >= @MostPerAccount as yes from wishes where account_id = @account
                ), made as (
                  insert into wishes (account_id, fruit_id)
                  select @account, f.id from fruits f, full_up where f.id = @id and not full_up.yes
                  on conflict (account_id, fruit_id) do nothing
                )
                select exists (select from fruits where id = @id), yes from full_up
                """,
                new
                {
                    id,
                    account,
                    MostPerAccount,
                },
                cancellationToken: cancellationToken
            )
        );
        if (!known)
            return TypedResults.NotFound();
        if (full)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status409Conflict,
                title: "The account has too many wishes.",
                detail: $"At most {MostPerAccount} are kept."
            );
        }
        live.WishesChanged([account]);
        return TypedResults.NoContent();
    }
}
