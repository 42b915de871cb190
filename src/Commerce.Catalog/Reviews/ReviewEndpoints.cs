using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Catalog.Reviews;

internal static class ReviewEndpoints
{
    public static void MapReviews(this IEndpointRouteBuilder endpoints)
    {
        var reviews = endpoints.MapGroup("/fruits/{id:guid}/reviews").WithTags("Fruits");
        reviews
            .MapGet("/", ShowReviews.HandleAsync)
            .WithSummary("Reviews a page at a time, and how many gave how many stars");
        reviews
            .MapPost("/", WriteReview.HandleAsync)
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Reviews a fruit that the account received, once");
        endpoints
            .MapGet("/farm/reviews", FarmReviews.HandleAsync)
            .WithTags("Farm")
            .RequireAuthorization(Policies.Farmer)
            .WithSummary("Reviews of own fruits, newest first");
        endpoints.MapOwnReviews();
    }
}
