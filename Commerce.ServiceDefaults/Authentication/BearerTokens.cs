using System.Net.Http.Headers;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.ServiceDefaults.Authentication;

internal static class BearerTokenSetup
{
    public static void AddBearerTokens(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddHttpClient(
                IssuerKeys.HttpClientName,
                client =>
                {
                    client.Timeout = TimeSpan.FromSeconds(3);
                    client.MaxResponseContentBufferSize = 64 * 1024;
                }
            )
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        builder.Services.TryAddSingleton<TokenKeys, IssuerKeys>();
        builder.Services.AddSingleton<TokenMemory>();
        builder.Services.AddAuthentication(JwtBearerDefaults.AuthenticationScheme).AddJwtBearer();
        builder
            .Services.AddOptions<JwtBearerOptions>(JwtBearerDefaults.AuthenticationScheme)
            .Configure<TokenKeys, TokenMemory, IConfiguration>(Configure);
        builder
            .Services.AddAuthorizationBuilder()
            .AddPolicy(Policies.SignedIn, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Shopper, policy => policy.RequireAuthenticatedUser().RequireRole("shopper"))
            .AddPolicy(
                Policies.Farmer,
                policy => policy.RequireAuthenticatedUser().RequireRole("farmer").RequireClaim("approved", "true")
            )
            .AddPolicy(Policies.Admin, policy => policy.RequireAuthenticatedUser().RequireRole("admin"));
    }

    private static void Configure(
        JwtBearerOptions options,
        TokenKeys keys,
        TokenMemory memory,
        IConfiguration configuration
    )
    {
        options.ConfigurationManager = keys;
        // BearerTokenEvents has looked again by then, and waited for the answer.
        options.RefreshOnIssuerKeyNotFound = false;
        options.SaveToken = false;
        options.TokenHandlers.Clear();
        options.TokenHandlers.Add(memory);
        options.MapInboundClaims = false;
        options.Events = new BearerTokenEvents(keys);
        options.TokenValidationParameters = new TokenValidationParameters
        {
            // The token chooses neither algorithm nor key.
            ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
            TryAllIssuerSigningKeys = false,
            ValidIssuer = configuration["Authentication:Issuer"] ?? "commerce",
            ValidAudience = configuration["Authentication:Audience"] ?? "commerce",
            ClockSkew = TimeSpan.FromSeconds(30),
            NameClaimType = "name",
            RoleClaimType = "role",
        };
    }
}

/// <summary>
/// <c>Authorization: Bearer …</c>. No token: 401 where one is demanded, else anonymous. A bad token: 401 with
/// <c>WWW-Authenticate: Bearer error="invalid_token"</c> (RFC 6750). Keys out of reach: 503, so that nobody is signed out
/// by an outage.
/// </summary>
internal sealed class BearerTokenEvents(TokenKeys keys) : JwtBearerEvents
{
    public override async Task MessageReceived(MessageReceivedContext context)
    {
        var header = context.Request.Headers.Authorization;
        if (header.Count == 0)
        {
            context.NoResult();
            return;
        }

        if (
            header.Count > 1
            || !AuthenticationHeaderValue.TryParse(header[0], out var value)
            || !string.Equals(value.Scheme, context.Scheme.Name, StringComparison.OrdinalIgnoreCase)
            || string.IsNullOrEmpty(value.Parameter)
        )
        {
            context.Fail("The Authorization header is not a bearer token.");
            return;
        }

        var (keyId, error) = TokenForm.Check(value.Parameter);
        if (error is not null)
        {
            context.Fail(error);
            return;
        }

        try
        {
            var cancellationToken = context.HttpContext.RequestAborted;
            var known = await keys.GetConfigurationAsync(cancellationToken);
            if (known.SigningKeys.All(key => key.KeyId != keyId))
            {
                await keys.RefreshAsync(cancellationToken);
            }

            context.Token = value.Parameter;
        }
        catch (KeysUnavailableException e)
        {
            context.Fail(e);
        }
    }

    public override Task Challenge(JwtBearerChallengeContext context)
    {
        context.HandleResponse();
        var response = context.Response;
        if (context.AuthenticateFailure is KeysUnavailableException)
        {
            response.Headers.RetryAfter = "1";
            return TypedResults
                .Problem(
                    statusCode: StatusCodes.Status503ServiceUnavailable,
                    detail: "The token cannot be checked right now. Try again."
                )
                .ExecuteAsync(context.HttpContext);
        }

        response.Headers.WWWAuthenticate = context.AuthenticateFailure is null
            ? "Bearer"
            : "Bearer error=\"invalid_token\"";
        return TypedResults
            .Problem(statusCode: StatusCodes.Status401Unauthorized, detail: Reason(context.AuthenticateFailure))
            .ExecuteAsync(context.HttpContext);
    }

    /// <summary>In words that may leave the house: the library's own tell what it expected.</summary>
    private static string Reason(Exception? failure) =>
        failure switch
        {
            null => "Sign in first: this needs a bearer token.",
            AuthenticationFailureException ours => ours.Message,
            SecurityTokenExpiredException => "The token has expired.",
            SecurityTokenNotYetValidException => "The token is not valid yet.",
            SecurityTokenInvalidIssuerException or SecurityTokenInvalidAudienceException =>
                "The token is not for this shop.",
            SecurityTokenSignatureKeyNotFoundException => "The token's key is unknown.",
            SecurityTokenInvalidSignatureException => "The token's signature is wrong.",
            _ => "The token is malformed.",
        };
}
