using Commerce.Catalog.Farms;
using Commerce.Catalog.Reviews;
using Commerce.Catalog.Stock;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;

namespace Commerce.Catalog.Fruits;

internal static class FruitEndpoints
{
    public static IEndpointRouteBuilder MapFruits(this IEndpointRouteBuilder endpoints)
    {
        var open = endpoints.MapGroup("/fruits").WithTags("Fruits");
        open.MapGet("/", SearchFruits.HandleAsync)
            .Produces<FruitPage>()
            .WithSummary("Fruits for sale, searched, filtered, sorted and counted by facet")
            .Add(SearchFruits.AnswerFromMemory);
        open.MapGet("/bestsellers", ShowFruits.BestsellersAsync).WithSummary("What sold best in the last 30 days");
        open.MapGet("/lookup", LookUpFruits.HandleAsync).WithSummary("Up to 100 fruits by id, as carts need them");
        open.MapGet("/ids", ShowFruits.IdsAsync).WithSummary("Ids of the newest 45,000 fruits for sale, newest first");
        open.MapGet("/{id:guid}", ShowFruits.OneAsync).WithSummary("One fruit, also when it is no longer for sale");
        open.MapGet("/{id:guid}/reviews", ShowReviews.HandleAsync)
            .WithSummary("Reviews a page at a time, and how many gave how many stars");
        open.MapPost("/{id:guid}/reviews", WriteReview.HandleAsync)
            .RequireAuthorization(Policies.SignedIn)
            .RequireRateLimiting(RateLimits.Writes)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Reviews a fruit that the account received, once");

        var farmer = endpoints.MapGroup("").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        farmer
            .MapGet("/farm/fruits", OwnFruits.HandleAsync)
            .WithSummary("The farmer's own fruits, newest first, with those that are not for sale");
        farmer.MapGet("/farm/reviews", FarmReviews.HandleAsync).WithSummary("Reviews of own fruits, newest first");
        farmer
            .MapPost("/fruits/check", FruitDraftRules.Check)
            .WithSummary("What is wrong with a listing, without storing it");
        farmer
            .MapGet("/fruits/{id:guid}/lots", Lots.ShowAsync)
            .WithSummary("Harvest lots of an own fruit, newest first");
        farmer
            .MapGet("/fruits/{id:guid}/stock", StockHistory.HandleAsync)
            .WithSummary("Stock movements of an own fruit, newest first");

        var writes = farmer
            .MapGroup("/fruits")
            .RequireRateLimiting(RateLimits.Writes)
            .AddEndpointFilter<RouteGroupBuilder, OnlyOpenFarms>()
            .ProducesProblem(StatusCodes.Status403Forbidden);
        writes.MapPost("/", ListFruit.HandleAsync).WithSummary("Offers a new fruit");
        writes.MapPut("/{id:guid}", ChangeFruit.HandleAsync).WithSummary("Changes an own fruit");
        writes
            .MapPut("/{id:guid}/for-sale", ChangeFruit.ForSaleAsync)
            .WithSummary("Withdraws an own fruit or brings it back");
        writes
            .MapPost("/{id:guid}/lots", Lots.AddAsync)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Adds the boxes of a harvest to the stock");
        writes
            .MapPost("/{id:guid}/stock", ChangeStock.HandleAsync)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Changes the stock by hand");
        return endpoints;
    }
}
