using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Commerce.ServiceDefaults;

internal static class BearerTokenSetup
{
    public static void AddBearerTokens(this WebApplicationBuilder builder)
    {
        builder
            .Services.AddHttpClient(
                JwksKeys.HttpClientName,
                client =>
                {
                    client.Timeout = TimeSpan.FromSeconds(3);
                    client.MaxResponseContentBufferSize = 64 * 1024;
                }
            )
            .ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = false });
        builder.Services.TryAddSingleton<ITokenKeys, JwksKeys>();
        builder.Services.AddSingleton(services => new TokenValidator(
            services.GetRequiredService<ITokenKeys>(),
            services.GetRequiredService<IConfiguration>().GetSection("Authentication").Get<TokenSettings>() ?? new(),
            services.GetRequiredService<TimeProvider>()
        ));
        builder
            .Services.AddAuthentication(TokenValidator.Scheme)
            .AddScheme<AuthenticationSchemeOptions, BearerTokenHandler>(
                TokenValidator.Scheme,
                displayName: null,
                _ => { }
            );
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
}

/// <summary>
/// <c>Authorization: Bearer …</c>. No token: 401 where one is demanded, else anonymous. A bad token: 401 with
/// <c>WWW-Authenticate: Bearer error="invalid_token"</c> (RFC 6750). Keys out of reach: 503, so that nobody is signed out
/// by an outage.
/// </summary>
internal sealed class BearerTokenHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    TokenValidator validator
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var header = Request.Headers.Authorization;
        if (header.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }

        if (
            header.Count > 1
            || !AuthenticationHeaderValue.TryParse(header[0], out var value)
            || !string.Equals(value.Scheme, TokenValidator.Scheme, StringComparison.OrdinalIgnoreCase)
            || string.IsNullOrEmpty(value.Parameter)
        )
        {
            return AuthenticateResult.Fail("The Authorization header is not a bearer token.");
        }

        try
        {
            var (identity, error) = await validator.ValidateAsync(value.Parameter, Context.RequestAborted);
            return identity is null
                ? AuthenticateResult.Fail(error!)
                : AuthenticateResult.Success(
                    new AuthenticationTicket(new ClaimsPrincipal(identity), TokenValidator.Scheme)
                );
        }
        catch (KeysUnavailableException e)
        {
            return AuthenticateResult.Fail(e);
        }
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        var failure = (await HandleAuthenticateOnceSafeAsync()).Failure;
        if (failure is KeysUnavailableException)
        {
            Response.Headers.RetryAfter = "1";
            await TypedResults
                .Problem(
                    statusCode: StatusCodes.Status503ServiceUnavailable,
                    detail: "The token cannot be checked right now. Try again."
                )
                .ExecuteAsync(Context);
            return;
        }

        Response.Headers.WWWAuthenticate = failure is null ? "Bearer" : "Bearer error=\"invalid_token\"";
        await TypedResults
            .Problem(
                statusCode: StatusCodes.Status401Unauthorized,
                detail: failure?.Message ?? "Sign in first: this needs a bearer token."
            )
            .ExecuteAsync(Context);
    }
}
