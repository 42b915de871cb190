using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>GET /fruits/{id}/reviews: open. Sort: <c>newest</c> (default), <c>-stars</c> (best first) or <c>stars</c>.</summary>
internal static class ListReviews
{
    private static readonly Dictionary<string, string> Orders = new(StringComparer.Ordinal)
    {
        ["newest"] = "at desc, id desc",
        ["-stars"] = "stars desc, at desc, id desc",
        ["stars"] = "stars, at desc, id desc",
    };

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/{id:guid}/reviews", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("Reviews a page at a time, and how many gave how many stars");

    private static async Task<Results<Ok<ReviewPage>, ValidationProblem, NotFound>> HandleAsync(
        Guid id,
        int? page,
        int? pageSize,
        string? sort,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        var (number, size) = PageRequest.Read(page, pageSize, v, largest: 60, size: 10);
        v.Check("sort", sort is null || Orders.ContainsKey(sort), $"must be one of {string.Join(", ", Orders.Keys)}");
        if (v.Failed)
            return v.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select exists (select from fruits where id = @id);
                select count(r.id)::int from generate_series(1, 5) star
                  left join reviews r on r.fruit_id = @id and r.stars = star group by star order by star;
                select id, author, stars, text, at from reviews where fruit_id = @id
                order by {Orders[sort ?? "newest"]} limit @size offset @Skip
                """,
                new
                {
                    id,
                    size,
                    Skip = (number - 1) * size,
                },
                cancellationToken: cancellationToken
            )
        );
        if (!await results.ReadSingleAsync<bool>())
            return TypedResults.NotFound();
        IReadOnlyList<int> stars = [.. await results.ReadAsync<int>()];
        var rows = await results.ReadAsync<(Guid Id, string Author, int Stars, string Text, DateTimeOffset At)>();
        return TypedResults.Ok(
            new ReviewPage(
                [.. rows.Select(row => new Review(row.Id, row.Author, row.Stars, row.Text, row.At))],
                stars.Sum(),
                number,
                size,
                stars
            )
        );
    }
}
