using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Dapper;

namespace Commerce.Identity.Tests.Keys;

/// <summary>Keys sealed in the database, two replicas, and short-lived keys: an own service.</summary>
public sealed class SigningKeyTests(SigningKeyTests.Fixture identity) : IClassFixture<SigningKeyTests.Fixture>
{
    public sealed class Fixture : IdentityFixture
    {
        protected override IReadOnlyDictionary<string, string?> Settings =>
            new Dictionary<string, string?>(base.Settings)
            {
                ["SigningKeys:EncryptionKey"] = Convert.ToBase64String(Enumerable.Repeat((byte)7, 32).ToArray()),
            };
    }

    [Fact]
    public async Task Two_replicas_sign_with_the_same_key_and_take_each_others_tokens()
    {
        var second = identity.StartReplica();
        var tokens = await identity.SignInAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password);

        using var client = second.Client(tokens.AccessToken);
        var me = await (await client.GetAsync(new Uri("/me", UriKind.Relative))).ReadAsync<Account>();
        me.Id.ShouldBe(DemoAccounts.ShopperId);
        await using var connection = await identity.Database.OpenConnectionAsync();
        (await connection.QuerySingleAsync<long>("select count(*) from signing_key")).ShouldBe(1);
        (await connection.QuerySingleAsync<long>("select count(*) from account")).ShouldBe(25);
    }

    [Fact]
    public async Task A_stolen_backup_signs_nothing()
    {
        await identity.SignInAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password);
        await using var connection = await identity.Database.OpenConnectionAsync();
        var key = await connection.QueryFirstAsync<byte[]>("select private_key from signing_key where sealed");

        using var ecdsa = ECDsa.Create();
        Should.Throw<CryptographicException>(() => ecdsa.ImportPkcs8PrivateKey(key, out _));
    }
}

/// <summary>A new key while old tokens are still out.</summary>
public sealed class KeyRotationTests(IdentityFixture identity) : IClassFixture<IdentityFixture>
{
    [Fact]
    public async Task After_a_rotation_the_new_key_signs_and_old_tokens_still_work()
    {
        var before = await identity.SignInAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password);
        await using var connection = await identity.Database.OpenConnectionAsync();
        await connection.ExecuteAsync("update signing_key set created_at = created_at - interval '91 days'");

        // Another replica finds the key due, publishes its successor, and signs with it a minute later.
        var second = identity.StartReplica();
        await Eventually.True(async () =>
            await connection.QuerySingleAsync<long>("select count(*) from signing_key") == 2
        );
        await connection.ExecuteAsync("update signing_key set created_at = created_at - interval '2 minutes'");
        var third = identity.StartReplica();
        using var client = third.Client();
        var response = await System.Net.Http.Json.HttpClientJsonExtensions.PostAsJsonAsync(
            client,
            "/tokens",
            new SignInRequest(DemoAccounts.ShopperEmail, DemoAccounts.Password)
        );
        var after = await response.ReadAsync<Tokens>();

        Kid(after.AccessToken).ShouldNotBe(Kid(before.AccessToken));
        foreach (var service in new[] { identity.Service, second, third })
        {
            foreach (var token in new[] { before.AccessToken, after.AccessToken })
            {
                using var me = service.Client(token);
                // The first replica looks again for an unknown key after a second.
                await Eventually.True(async () =>
                    (await me.GetAsync(new Uri("/me", UriKind.Relative))).StatusCode == HttpStatusCode.OK
                );
            }
        }
    }

    private static string? Kid(string token) =>
        JsonDocument
            .Parse(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]))
            .RootElement.GetProperty("kid")
            .GetString();
}
