using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Catalog.Farms;

/// <summary>What is common to everything that a farmer writes.</summary>
internal static class FarmWrites
{
    /// <summary>For approved farmers whose farm is not suspended, as often as writes are allowed.</summary>
    public static RouteHandlerBuilder ForFarmWrites(this RouteHandlerBuilder route) =>
        route
            .WithTags("Farm")
            .RequireAuthorization(Policies.Farmer)
            .RequireRateLimiting(RateLimits.Writes)
            .AddEndpointFilter<RouteHandlerBuilder, RequireActiveFarm>()
            .ProducesProblem(StatusCodes.Status403Forbidden);
}
