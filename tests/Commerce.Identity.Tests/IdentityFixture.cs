using System.Net.Http.Json;
using Commerce.Contracts.Api;

namespace Commerce.Identity.Tests;

/// <summary>Identity on a real database and broker, seeded. Passwords are cheap here; one test looks at the real price.</summary>
public class IdentityFixture : ServiceFixture<Program>
{
    public const string Password = "맑은 사과 한 상자";

    protected override string DatabaseName => "identitydb";

    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?> { ["Passwords:Iterations"] = "1000", ["Seed:Enabled"] = "true" };

    /// <summary>A new e-mail address.</summary>
    public static string NewEmail() => $"{Guid.NewGuid():N}@example.com";

    /// <summary>Registers an account and signs it in.</summary>
    public async Task<(Guid Id, string Email, Tokens Tokens)> NewAccountAsync(string role = "shopper")
    {
        using var client = Service.Client();
        var email = NewEmail();
        var response = await client.PostAsJsonAsync(
            "/accounts",
            new RegisterAccount(email, Password, "시험", role, FarmName: "햇살농원", Region: "경북 청송")
        );
        var created = await response.ReadAsync<AccountCreated>();
        return (created.Id, email, await SignInAsync(email, Password));
    }

    public async Task<Tokens> SignInAsync(string email, string password)
    {
        using var client = Service.Client();
        var response = await client.PostAsJsonAsync("/tokens", new SignInRequest(email, password));
        return await response.ReadAsync<Tokens>();
    }

    /// <summary>A client of the seeded admin.</summary>
    public async Task<HttpClient> AdminAsync() =>
        Service.Client(
            (await SignInAsync(Contracts.DemoAccounts.AdminEmail, Contracts.DemoAccounts.Password)).AccessToken
        );
}

[CollectionDefinition(Name)]
public sealed class IdentityCollection : ICollectionFixture<IdentityFixture>
{
    public const string Name = "identity";
}
