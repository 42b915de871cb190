using Microsoft.AspNetCore.Components.Authorization;

namespace Commerce.Storefront.Session;

internal static class VisitorEndpoints
{
    /// <summary>
    /// Lets endpoints that render no page call services as the visitor: what tells a page who is asking is told here from the
    /// request.
    /// </summary>
    public static TBuilder AsCurrentUser<TBuilder>(this TBuilder endpoints)
        where TBuilder : IEndpointConventionBuilder =>
        endpoints.AddEndpointFilter(
            (invocation, next) =>
            {
                var http = invocation.HttpContext;
                var state = http.RequestServices.GetRequiredService<AuthenticationStateProvider>();
                ((IHostEnvironmentAuthenticationStateProvider)state).SetAuthenticationState(
                    Task.FromResult(new AuthenticationState(http.User))
                );
                return next(invocation);
            }
        );
}
