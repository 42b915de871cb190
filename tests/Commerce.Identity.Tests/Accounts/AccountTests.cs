using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Commerce.Identity.Tests.Sessions;

namespace Commerce.Identity.Tests.Accounts;

[Collection(IdentityCollection.Name)]
public sealed class AccountTests(IdentityFixture identity)
{
    public static TheoryData<string, string> Doors() =>
        new()
        {
            { "GET", "/me" },
            { "PUT", "/me" },
            { "POST", "/me/password" },
            { "DELETE", "/me/sessions" },
            { "GET", "/me/addresses" },
            { "POST", "/me/addresses" },
            { "PUT", $"/me/addresses/{Guid.Empty}" },
            { "DELETE", $"/me/addresses/{Guid.Empty}" },
            { "GET", "/farmers" },
            { "POST", $"/farmers/{Guid.Empty}/approve" },
            { "GET", "/messaging" },
            { "GET", "/dead-letters" },
        };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Nothing_of_this_opens_without_a_token_of_ours(string method, string path)
    {
        string?[] tokens = [null, "nonsense", identity.Authority.AdminToken()];
        foreach (var token in tokens)
        {
            using var client = identity.Service.Client(token);
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Content = method is "PUT" or "POST" ? JsonContent.Create(new { }) : null,
            };
            await (await client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_name_can_be_changed_and_the_next_token_has_it()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);
        var answer = await (await client.PutAsJsonAsync("/me", new UpdateAccount(" 새 이름 "))).ReadAsync<Account>();
        answer.Name.ShouldBe("새 이름");

        var refreshed = await (
            await client.PostAsJsonAsync("/tokens/refresh", new RefreshTokens(tokens.RefreshToken))
        ).ReadAsync<Tokens>();
        AccessTokenTests.Payload(refreshed.AccessToken).GetProperty("name").GetString().ShouldBe("새 이름");
    }

    [Fact]
    public async Task A_blank_name_is_refused()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);
        await (await client.PutAsJsonAsync("/me", new UpdateAccount(" "))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "name"
        );
    }
}
