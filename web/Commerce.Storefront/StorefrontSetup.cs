using System.Text.Encodings.Web;
using System.Text.Unicode;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Http;
using Commerce.ServiceDefaults.Redis;
using Commerce.Storefront.AdminDesk;
using Commerce.Storefront.Api;
using Commerce.Storefront.FarmDesk;
using Commerce.Storefront.Hosting;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shop;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using Radzen;

namespace Commerce.Storefront;

internal static class StorefrontSetup
{
    public static void AddStorefront(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        // Korean stays readable in the page's source, at a third of the size of &#xAC00;.
        services.AddSingleton(HtmlEncoder.Create(UnicodeRanges.All));
        services.AddRazorComponents().AddInteractiveServerComponents();
        services.AddSignalR(hub =>
            // The state that prerendering hands over travels in the first message: a page of 24 fruits is ~60 kB.
            hub.MaximumReceiveMessageSize = 512 * 1024
        );
        services.AddMemoryCache();
        services.AddRadzenComponents();
        services.AddResponseCompression(compression =>
            // A guess at a secret beside reflected input (BREACH) needs one that stays: antiforgery tokens are masked anew in
            // every answer, everything else that is secret lives in HttpOnly cookies.
            compression.EnableForHttps = true
        );
        services.AddOutputCache(cache => cache.SizeLimit = GuestOutputCache.Budget);
        services.AddSingleton<GuestOutputCache>();
        services.AddSingleton<IStringLocalizer, Texts>();
        services.Configure<RequestLocalizationOptions>(Cultures.Configure);
        services.AddSingleton<LiveUpdates>();
        services.AddHostedService(provider => provider.GetRequiredService<LiveUpdates>());
        builder.AddProtection();
        services.AddSession();
        services.AddApis();
    }

    /// <summary>
    /// HEAD, which checkers of links and uptime send, is answered as GET: the pages' routes know GET only, and the server sends
    /// no body for it. Before the routes are matched, therefore.
    /// </summary>
    public static void UseHead(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                if (HttpMethods.IsHead(context.Request.Method))
                {
                    context.Request.Method = HttpMethods.Get;
                }

                return next(context);
            }
        );
        app.UseRouting();
    }

    public static void UseStorefront(this WebApplication app)
    {
        if (!app.Environment.IsDevelopment())
        {
            app.UseHsts();
        }

        // Before errors' pages, which run everything after this line a second time: one cart is enough.
        app.UseMiddleware<GuestCart>();
        app.Use(GuestOutputCache.BufferAsync);
        // What is kept is compressed already.
        app.UseOutputCache();
        app.UseResponseCompression();
        // Inside the problem details of the defaults: people get pages, and only what is no page falls through to those.
        app.UseWhen(
            context => context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal),
            pages =>
            {
                pages.UseExceptionHandler(
                    new ExceptionHandlerOptions
                    {
                        ExceptionHandlingPath = "/error",
                        CreateScopeForErrors = true,
                        // A form without its token, a body that is none: the sender's affair, and nothing for the log.
                        StatusCodeSelector = error =>
                            (error as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status500InternalServerError,
                        SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
                    }
                );
                pages.UseStatusCodePagesWithReExecute("/not-found", createScopeForStatusCodePages: true);
            }
        );
        app.Use(
            (context, next) =>
            {
                // The page for an error is only shown, whatever was sent.
                if (context.Features.Get<IExceptionHandlerFeature>() is not null)
                {
                    context.Request.Method = HttpMethods.Get;
                }

                return next(context);
            }
        );
        // Again: an error's page is found by its own address, and a request that has its route already keeps it.
        app.UseRouting();
        app.UseCultures();
        app.UseAntiforgery();
        app.MapStaticAssets();
        app.MapSiteMap();
        app.MapPost("/sign-out", SignOutAsync);
        app.MapPost("/sign-out-everywhere", SignOutEverywhereAsync)
            .RequireAuthorization(Policies.SignedIn)
            .AsCurrentUser();
        app.MapFarmDownloads();
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
    }

    /// <summary>The form is bound so that its antiforgery token is checked.</summary>
    private static async Task<IResult> SignOutAsync([FromForm] string? returnUrl, HttpContext context)
    {
        await context.SignOutAsync(SessionCookie.Scheme);
        GuestCart.Forget(context);
        return TypedResults.LocalRedirect(Address.LocalOrHome(returnUrl));
    }

    /// <summary>Only when Identity did it: otherwise the visitor would believe the other devices to be out.</summary>
    private static async Task<IResult> SignOutEverywhereAsync(
        [FromForm] string? returnUrl,
        HttpContext context,
        IdentityApi identity
    )
    {
        try
        {
            await identity.SignOutEverywhereAsync();
        }
        catch (ApiException)
        {
            return TypedResults.LocalRedirect("/account?trouble=sign-out");
        }

        return await SignOutAsync(returnUrl, context);
    }

    private static void AddApis(this IServiceCollection services)
    {
        services.AddServiceClient<TokenApi>("identity");
        services.AddServiceClient<IdentityApi>("identity");
        services.AddServiceClient<CatalogApi>("catalog");
        services.AddServiceClient<OrderApi>("order");
        services.AddServiceClient<PaymentApi>("payment");
        services.AddServiceClient<DeliveryApi>("delivery");
        services.AddTransient<ServiceDirectory>();
    }

    private static void AddSession(this IServiceCollection services)
    {
        services.AddSingleton<SessionStore>();
        services.AddSingleton<SessionTokens>();
        services.AddScoped<SessionCookie>();
        services.AddScoped(provider => new CurrentUser(
            provider.GetRequiredService<AuthenticationStateProvider>(),
            provider.GetRequiredService<SessionTokens>()
        ));
        services.AddScoped<ICaller>(provider => provider.GetRequiredService<CurrentUser>());
        services.AddScoped<CartState>();
        services.AddScoped<CartReader>();
        services.AddScoped<ListHistory>();
        services.AddScoped<SignInService>();
        services.AddCascadingAuthenticationState();
        services.AddAuthentication(SessionCookie.Scheme).AddCookie(SessionCookie.Configure);
        services
            .AddAuthorizationBuilder()
            .AddPolicy(Policies.SignedIn, policy => policy.RequireAuthenticatedUser())
            .AddPolicy(Policies.Shopper, policy => policy.RequireRole("shopper"))
            .AddPolicy(Policies.Farmer, policy => policy.RequireRole("farmer"))
            .AddPolicy(Policies.Admin, policy => policy.RequireRole("admin"));
    }

    private static void AddProtection(this WebApplicationBuilder builder)
    {
        var folder = builder.Configuration["DataProtection:Folder"];
        if (string.IsNullOrWhiteSpace(folder))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
            folder = Path.Combine(home.Length > 0 ? home : Path.GetTempPath(), "commerce", "storefront-keys");
        }

        builder.Services.AddDataProtection().SetApplicationName("Commerce.Storefront");
        builder
            .Services.AddOptions<KeyManagementOptions>()
            .Configure<IServiceProvider>(
                (options, services) =>
                    options.XmlRepository = new KeyRepository(
                        services.GetRequiredService<RedisGate>(),
                        new DirectoryInfo(folder),
                        services.GetRequiredService<ILogger<KeyRepository>>()
                    )
            );
        builder.Services.AddAntiforgery(options =>
        {
            options.Cookie.Name = "commerce.antiforgery";
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            // The page's own policy says it better.
            options.SuppressXFrameOptionsHeader = true;
        });
    }
}
