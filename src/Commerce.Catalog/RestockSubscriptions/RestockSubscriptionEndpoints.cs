using Commerce.Catalog.Live;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.RestockSubscriptions;

/// <summary>
/// PUT and DELETE /fruits/{id}/wish, GET /wishes: "tell me when it is back". Nothing is sent when a fruit comes back: a wish
/// whose fruit can be ordered has come true, open pages are told to look again, and the others see it at their next visit.
/// </summary>
internal static class RestockSubscriptionEndpoints
{
    private const int MostPerAccount = 200;

    public static IEndpointRouteBuilder MapRestockSubscriptions(this IEndpointRouteBuilder endpoints)
    {
        var wishes = endpoints.MapGroup("").WithTags("Wishes").RequireAuthorization(Policies.SignedIn);
        wishes.MapGet("/wishes", ShowAsync).WithSummary("The account's wishes, newest first");
        var writes = wishes.MapGroup("/fruits/{id:guid}/wish").RequireRateLimiting(RateLimits.Writes);
        writes
            .MapPut("/", MakeAsync)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Remembers that the account wants this fruit when it can be ordered again");
        writes.MapDelete("/", TakeBackAsync).WithSummary("Forgets the wish; also after its notice was seen");
        return endpoints;
    }

    private static async Task<Ok<IReadOnlyList<Wish>>> ShowAsync(
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<WishRow>(
            new CommandDefinition(
                """
                select w.fruit_id, f.name, f.name_en, f.image_url,
                  case when f.for_sale then s.available else 0 end as available, w.wished_at
                from wishes w join fruits f on f.id = w.fruit_id join stock s on s.fruit_id = w.fruit_id
                where w.account_id = @Sub order by w.wished_at desc, w.fruit_id
                """,
                new { Sub = http.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Wish>>([
            .. rows.Select(row => new Wish(
                row.FruitId,
                row.Name,
                row.NameEn,
                row.ImageUrl,
                row.Available,
                row.WishedAt
            )),
        ]);
    }

    private static async Task<Results<NoContent, NotFound, ProblemHttpResult>> MakeAsync(
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

    private static async Task<NoContent> TakeBackAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        LiveUpdates live,
        CancellationToken cancellationToken
    )
    {
        var account = http.User.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            new CommandDefinition(
                "delete from wishes where account_id = @account and fruit_id = @id",
                new { id, account },
                cancellationToken: cancellationToken
            )
        );
        live.WishesChanged([account]);
        return TypedResults.NoContent();
    }

    private sealed class WishRow
    {
        public Guid FruitId { get; init; }
        public string Name { get; init; } = "";
        public string NameEn { get; init; } = "";
        public string ImageUrl { get; init; } = "";
        public int Available { get; init; }
        public DateTimeOffset WishedAt { get; init; }
    }
}
