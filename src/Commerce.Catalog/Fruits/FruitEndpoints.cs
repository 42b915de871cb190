using Commerce.Catalog.Farms;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;

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

        var farmer = endpoints.MapGroup("").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        farmer
            .MapGet("/farm/fruits", OwnFruits.HandleAsync)
            .WithSummary("The farmer's own fruits, newest first, with those that are not for sale");
        farmer
            .MapPost("/fruits/check", FruitDraftRules.Check)
            .WithSummary("What is wrong with a listing, without storing it");

        var writes = endpoints.MapFarmWrites("/fruits");
        writes.MapPost("/", ListFruit.HandleAsync).WithSummary("Offers a new fruit");
        writes.MapPut("/{id:guid}", ChangeFruit.HandleAsync).WithSummary("Changes an own fruit");
        writes
            .MapPut("/{id:guid}/for-sale", ChangeFruit.ForSaleAsync)
            .WithSummary("Withdraws an own fruit or brings it back");
        return endpoints;
    }
}
