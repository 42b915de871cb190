using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Identity.Farmers;

internal static class FarmerEndpoints
{
    public static void MapFarmers(this IEndpointRouteBuilder app)
    {
        var farmers = app.MapGroup("/farmers").WithTags("Farmers").RequireAuthorization(Policies.Admin);
        farmers.MapGet("/", ListFarmers.HandleAsync);
        farmers.MapPost("/{id:guid}/approve", ApproveFarmer.HandleAsync).RequireRateLimiting(RateLimits.Writes);
        farmers
            .MapPost("/{id:guid}/suspend", SuspendFarmer.SuspendAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .WithSummary("Stops a farm's sales; orders that run go on.");
        farmers
            .MapPost("/{id:guid}/reinstate", SuspendFarmer.ReinstateAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .WithSummary("Lets a suspended farm sell again.");
    }
}
