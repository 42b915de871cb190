using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Commerce.ServiceDefaults;

/// <summary>What every process of the platform has in common.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>Telemetry over OTLP, health checks, problem details, JSON shapes, service addresses, rate limits, request size limits.</summary>
    public static WebApplicationBuilder AddServiceDefaults(this WebApplicationBuilder builder)
    {
        return builder;
    }

    /// <summary>Bearer tokens of Identity (ES256 only; keys from <c>Authentication:Authority</c> + <c>/.well-known/jwks.json</c>) and the policies of <see cref="Policies"/>.</summary>
    public static WebApplicationBuilder AddTokenAuthentication(this WebApplicationBuilder builder)
    {
        return builder;
    }

    /// <summary>OpenAPI document at <c>/openapi/v1.json</c> and Swagger UI at <c>/swagger</c>.</summary>
    public static WebApplicationBuilder AddApiDocument(this WebApplicationBuilder builder, string title)
    {
        return builder;
    }

    /// <summary>
    /// The pipeline in its right order (exception and status code pages as problem details, telemetry tags, authentication,
    /// authorization, rate limiter), and the endpoints <c>/health /alive /openapi/v1.json /swagger</c>.
    /// </summary>
    public static WebApplication UseServiceDefaults(this WebApplication app)
    {
        return app;
    }
}

/// <summary>Names of the authorization policies; each also demands a valid token.</summary>
public static class Policies
{
    public const string SignedIn = "signed-in";
    public const string Shopper = "shopper";
    public const string Farmer = "farmer";
    public const string Admin = "admin";
}

/// <summary>Names of the rate limits, for <c>RequireRateLimiting</c>.</summary>
public static class RateLimits
{
    /// <summary>Writes, per account (or per address when anonymous).</summary>
    public const string Writes = "writes";

    /// <summary>Sign-in and registration, per address.</summary>
    public const string SignIn = "sign-in";
}

public static class ClaimsPrincipalExtensions
{
    /// <summary>The account's id, from the token's <c>sub</c>. Only behind a policy.</summary>
    public static Guid AccountId(this ClaimsPrincipal user) => Guid.Parse(user.FindFirstValue("sub")!);

    /// <summary>Whether the token carries the role <c>admin</c>.</summary>
    public static bool IsAdmin(this ClaimsPrincipal user) => user.IsInRole("admin");
}
