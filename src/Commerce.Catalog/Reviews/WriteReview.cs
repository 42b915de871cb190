using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>POST /fruits/{id}/reviews: once per fruit, by an account that received it.</summary>
internal static class WriteReview
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/fruits/{id:guid}/reviews", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("Reviews a fruit that the account received, once")
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Created<Review>, ValidationProblem, NotFound, ProblemHttpResult>> HandleAsync(
        Guid id,
        NewReview review,
        HttpContext http,
        NpgsqlDataSource database,
        ListingCache cache,
        CancellationToken cancellationToken
    )
    {
        if (Check(review) is { Failed: true } wrong)
            return wrong.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var written = await connection.QuerySingleAsync<Written>(
            new CommandDefinition(
                """
                with received as (
                  select account_id from purchases where account_id = @Sub and fruit_id = @id
                ), added as (
                  insert into reviews (id, fruit_id, account_id, author, stars, text)
                  select @ReviewId, @id, account_id, coalesce((select name from reviewers r where r.account_id = @Sub), @Nobody),
                    @Stars, @Text
                  from received on conflict (fruit_id, account_id) do nothing
                  returning id, author, at, stars
                ), counted as (
                  update fruits set rating_sum = rating_sum + added.stars, review_count = review_count + 1
                  from added where fruits.id = @id
                )
                select exists (select from fruits where id = @id) as known, exists (select from received) as received,
                  (select id from added) as id, (select author from added) as author, (select at from added) as at
                """,
                new
                {
                    id,
                    ReviewId = Guid.CreateVersion7(),
                    Sub = http.User.AccountId(),
                    review.Stars,
                    Text = review.Text.Trim(),
                    ReviewerNames.Nobody,
                },
                cancellationToken: cancellationToken
            )
        );
        if (!written.Known)
            return TypedResults.NotFound();
        if (!written.Received)
            return Problem(StatusCodes.Status403Forbidden, "Only who received the fruit can review it.");
        if (written.Author is null)
            return Problem(StatusCodes.Status409Conflict, "This account has reviewed the fruit already.");

        await cache.InvalidateAsync();
        return TypedResults.Created(
            $"/fruits/{id}/reviews",
            new Review(written.Id, written.Author, review.Stars, review.Text.Trim(), written.At)
        );
    }

    public static Validation Check(NewReview review)
    {
        var v = new Validation();
        v.Check("stars", review.Stars is >= 1 and <= 5, "must be 1 to 5");
        v.Text("text", review.Text, max: 1000, lines: true);
        return v;
    }

    private static ProblemHttpResult Problem(int status, string title) =>
        TypedResults.Problem(statusCode: status, title: title);

    private sealed class Written
    {
        public bool Known { get; init; }
        public bool Received { get; init; }
        public Guid Id { get; init; }
        public string? Author { get; init; }
        public DateTimeOffset At { get; init; }
    }
}
