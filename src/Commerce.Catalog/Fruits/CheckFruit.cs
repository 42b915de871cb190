using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Catalog.Fruits;

/// <summary>POST /fruits/check: what is wrong with a listing, for a form that is being filled in.</summary>
internal static class CheckFruit
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/fruits/check", HandleAsync)
            .WithTags("Farm")
            .WithSummary("What is wrong with a listing, without storing it")
            .RequireAuthorization(Policies.Farmer);

    private static Ok<FruitCheck> HandleAsync(FruitDraft draft) =>
        TypedResults.Ok(
            new FruitCheck(FruitDraftRules.Problems(draft), FruitNorms.Of(draft.Category, draft.Variety, draft.Name))
        );
}
