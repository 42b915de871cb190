using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>
/// PUT /fruits/{id}/reviews. Its day stays the one on which it was written: a new text does not move it to the top.
/// </summary>
internal static class ChangeReview
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/fruits/{id:guid}/reviews", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("Changes the account's review of a fruit")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes);

    private static async Task<Results<Ok<OwnReview>, ValidationProblem, NotFound>> HandleAsync(
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
