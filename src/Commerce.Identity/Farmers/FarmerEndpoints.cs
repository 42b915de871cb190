using Commerce.ServiceDefaults;

namespace Commerce.Identity.Farmers;

internal static class FarmerEndpoints
{
    public static void MapFarmers(this IEndpointRouteBuilder app)
    {
        var farmers = app.MapGroup("/farmers").WithTags("Farmers").RequireAuthorization(Policies.Admin);
        farmers.MapGet("/", ListFarmers.HandleAsync);
        farmers.MapPost("/{id:guid}/approve", ApproveFarmer.HandleAsync).RequireRateLimiting(RateLimits.Writes);
    }
}
