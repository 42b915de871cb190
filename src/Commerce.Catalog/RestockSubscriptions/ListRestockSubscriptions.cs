using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.RestockSubscriptions;

/// <summary>
/// GET /wishes. Nothing is sent when a fruit comes back: a wish whose fruit can be ordered has come true, open pages are told to
/// look again, and the others see it at their next visit.
/// </summary>
internal static class ListRestockSubscriptions
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/wishes", HandleAsync)
            .WithTags("Wishes")
            .WithSummary("The account's wishes, newest first")
            .RequireAuthorization(Policies.SignedIn);

    private static async Task<Ok<IReadOnlyList<Wish>>> HandleAsync(
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
