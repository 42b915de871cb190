using Commerce.Catalog.Fruits;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>GET /reviews/own?ids=…,…: what the account wrote about these fruits.</summary>
internal static class ListOwnReviews
{
    private const int Most = 100;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/reviews/own", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("The account's reviews of these fruits")
            .RequireAuthorization(Policies.SignedIn);

    private static async Task<Results<Ok<IReadOnlyList<OwnReview>>, ValidationProblem>> HandleAsync(
        string? ids,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        if (FruitIds.Parse(ids, Most) is not { } wanted)
            return Validation.Problem("ids", FruitIds.Rule(Most));

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<(Guid FruitId, int Stars, string Text, DateTimeOffset At)>(
            new CommandDefinition(
                "select fruit_id, stars, text, at from reviews where account_id = @Sub and fruit_id = any(@wanted)",
                new { Sub = http.User.AccountId(), wanted },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<OwnReview>>([
            .. rows.Select(row => new OwnReview(row.FruitId, row.Stars, row.Text, row.At)),
        ]);
    }
}
