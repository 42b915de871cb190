using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;

namespace Commerce.Identity.Addresses;

internal static class AddressEndpoints
{
    public static void MapAddresses(this IEndpointRouteBuilder app)
    {
        var addresses = app.MapGroup("/me/addresses").WithTags("Addresses").RequireAuthorization(Policies.SignedIn);
        addresses.MapGet("/", ListAddresses.HandleAsync);
        addresses.MapPost("/", AddAddress.HandleAsync).RequireRateLimiting(RateLimits.Writes);
        addresses.MapPut("/{id:guid}", ChangeAddress.HandleAsync).RequireRateLimiting(RateLimits.Writes);
        addresses.MapDelete("/{id:guid}", RemoveAddress.HandleAsync).RequireRateLimiting(RateLimits.Writes);
    }
}
