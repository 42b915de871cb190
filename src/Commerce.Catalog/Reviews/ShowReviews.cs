using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>GET /fruits/{id}/reviews: open, newest first.</summary>
internal static class ShowReviews
{
    public static async Task<Results<Ok<Paged<Review>>, ValidationProblem, NotFound>> HandleAsync(
        Guid id,
        int? page,
        int? pageSize,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        v.Check("page", page is null or (>= 1 and <= 10_000), "must be 1 to 10000");
        v.Check("pageSize", pageSize is null or (>= 1 and <= 60), "must be 1 to 60");
        if (v.Failed)
            return v.Problem();

        var (number, size) = (page ?? 1, pageSize ?? 10);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                """
                select review_count from fruits where id = @id;
                select id, author, stars, text, at from reviews where fruit_id = @id
                order by at desc, id desc limit @size offset @Skip
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
        if (await results.ReadSingleOrDefaultAsync<int?>() is not { } total)
            return TypedResults.NotFound();
        var rows = await results.ReadAsync<(Guid Id, string Author, int Stars, string Text, DateTimeOffset At)>();
        return TypedResults.Ok(
            new Paged<Review>(
                [.. rows.Select(row => new Review(row.Id, row.Author, row.Stars, row.Text, row.At))],
                total,
                number,
                size
            )
        );
    }
}
