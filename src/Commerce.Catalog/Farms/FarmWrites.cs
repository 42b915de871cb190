using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Catalog.Farms;

/// <summary>What is common to everything that a farmer writes.</summary>
internal static class FarmWrites
{
    /// <summary>For approved farmers whose farm is not suspended, as often as writes are allowed.</summary>
    public static RouteGroupBuilder MapFarmWrites(this IEndpointRouteBuilder endpoints, string prefix) =>
        endpoints
            .MapGroup(prefix)
            .WithTags("Farm")
            .RequireAuthorization(Policies.Farmer)
            .RequireRateLimiting(RateLimits.Writes)
            .AddEndpointFilter<RouteGroupBuilder, RequireActiveFarm>()
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
