using Commerce.Identity.Accounts;
using Commerce.Identity.Addresses;
using Commerce.Identity.Admin;
using Commerce.Identity.Credentials;
using Commerce.Identity.Farmers;
using Commerce.Identity.Keys;
using Commerce.Identity.Maintenance;
using Commerce.Identity.Seed;
using Commerce.Identity.Sessions;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Configuration;

namespace Commerce.Identity;

/// <summary>What the service consists of.</summary>
internal static class IdentityService
{
    public static void AddIdentity(this WebApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddValidatedOptions<AccessTokenOptions>("Tokens");
        services.AddValidatedOptions<SessionLifetimeOptions>("Tokens");
        services.AddValidatedOptions<SignInOptions>("SignIn");
        services.AddValidatedOptions<PasswordOptions>("Passwords");
        services.AddValidatedOptions<SigningKeyOptions>("SigningKeys");
        services.AddSingleton<PasswordHasher>();
        services.AddSingleton<LoginThrottle>();
        services.AddSingleton<KeyCipher>();
        services.AddSingleton<SigningKeys>();
        // Instead of those that others fetch over HTTP.
        services.AddSingleton<TokenKeys>(provider => provider.GetRequiredService<SigningKeys>());
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SessionStore>();
        services.AddHostedService<DemoSeed>();
        services.AddHostedService<CleanupService>();
    }

    public static void MapIdentity(this IEndpointRouteBuilder endpoints)
    {
        Register.Map(endpoints);
        GetMe.Map(endpoints);
        UpdateMe.Map(endpoints);
        ChangePassword.Map(endpoints);
        RevokeSessions.Map(endpoints);
        ListAddresses.Map(endpoints);
        AddAddress.Map(endpoints);
        ChangeAddress.Map(endpoints);
        RemoveAddress.Map(endpoints);
        SignIn.Map(endpoints);
        RefreshSession.Map(endpoints);
        RevokeSession.Map(endpoints);
        ListFarmers.Map(endpoints);
        ApproveFarmer.Map(endpoints);
        SuspendFarmer.Map(endpoints);
        ReinstateFarmer.Map(endpoints);
        ListAccounts.Map(endpoints);
        LockAccount.Map(endpoints);
        UnlockAccount.Map(endpoints);
        GetSigningKeys.Map(endpoints);
    }
}
