using Commerce.Identity.Keys;
using Commerce.Identity.Passwords;
using Commerce.Identity.Seed;
using Commerce.Identity.Sessions;
using Commerce.ServiceDefaults;

namespace Commerce.Identity;

internal static class IdentityService
{
    /// <summary>What the use cases share. Before <c>AddTokenAuthentication</c>: Identity checks tokens with its own keys, not over HTTP.</summary>
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.Configure<IdentityOptions>(builder.Configuration);
        services.AddSingleton<PasswordHasher>();
        services.AddSingleton<SignInGuard>();
        services.AddSingleton<KeyCipher>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<TokenKeys>(provider => provider.GetRequiredService<SigningKeys>());
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SessionStore>();
        services.AddHostedService<DemoSeed>();
        services.AddHostedService<Housekeeping>();
    }
}
