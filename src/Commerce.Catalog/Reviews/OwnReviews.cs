using Commerce.Catalog.Fruits;
using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>What an account wrote: GET /reviews/own?ids=…,… and PUT /fruits/{id}/reviews.</summary>
internal static class OwnReviews
{
    private const int Most = 100;

    public static IEndpointRouteBuilder MapOwnReviews(this IEndpointRouteBuilder endpoints)
    {
        var own = endpoints.MapGroup("").WithTags("Fruits").RequireAuthorization(Policies.SignedIn);
        own.MapGet("/reviews/own", ShowAsync).WithSummary("The account's reviews of these fruits");
        own.MapPut("/fruits/{id:guid}/reviews", ChangeAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .WithSummary("Changes the account's review of a fruit");
        return endpoints;
    }

    private static async Task<Results<Ok<IReadOnlyList<OwnReview>>, ValidationProblem>> ShowAsync(
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

    /// <summary>Its day stays the one on which it was written: a new text does not move it to the top.</summary>
    private static async Task<Results<Ok<OwnReview>, ValidationProblem, NotFound>> ChangeAsync(
        Guid id,
        NewReview review,
        HttpContext http,
        NpgsqlDataSource database,
        ListingCache cache,
        CancellationToken cancellationToken
    )
    {
        if (WriteReview.Check(review) is { Failed: true } wrong)
            return wrong.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var at = await connection.QuerySingleOrDefaultAsync<DateTimeOffset?>(
            new CommandDefinition(
                """
                with old as (
                  select id, stars from reviews where fruit_id = @id and account_id = @Sub for update
                ), changed as (
                  update reviews set stars = @Stars, text = @Text from old where reviews.id = old.id returning at
                ), counted as (
                  update fruits set rating_sum = rating_sum + @Stars - old.stars from old where fruits.id = @id
                )
                select at from changed
                """,
                new
                {
                    id,
                    Sub = http.User.AccountId(),
                    review.Stars,
                    Text = review.Text.Trim(),
                },
                cancellationToken: cancellationToken
            )
        );
        if (at is null)
            return TypedResults.NotFound();

        await cache.InvalidateAsync();
        return TypedResults.Ok(new OwnReview(id, review.Stars, review.Text.Trim(), at.Value));
    }
}
