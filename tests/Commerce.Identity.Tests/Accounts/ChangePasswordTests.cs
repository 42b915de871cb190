using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Commerce.Identity.Tests.Sessions;

namespace Commerce.Identity.Tests.Accounts;

[Collection(IdentityCollection.Name)]
public sealed class ChangePasswordTests(IdentityFixture identity)
{
    private const string New = "잘 익은 배 두 상자";

    [Fact]
    public async Task A_new_password_ends_every_session_and_opens_one()
    {
        var (id, email, here) = await identity.NewAccountAsync();
        var elsewhere = await identity.SignInAsync(email, IdentityFixture.Password);
        using var client = identity.Service.Client(here.AccessToken);

        var fresh = await (await ChangeAsync(client, IdentityFixture.Password, New)).ReadAsync<Tokens>();

        await (await RefreshAsync(here)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        await (await RefreshAsync(elsewhere)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        (await RefreshAsync(fresh)).StatusCode.ShouldBe(HttpStatusCode.OK);
        AccessTokenTests.Payload(fresh.AccessToken).GetProperty("sub").GetGuid().ShouldBe(id);
        await (
            await client.PostAsJsonAsync("/tokens", new SignInRequest(email, IdentityFixture.Password))
        ).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        await identity.SignInAsync(email, New);
    }

    [Fact]
    public async Task A_wrong_current_password_changes_nothing()
    {
        var (_, email, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);

        await (await ChangeAsync(client, "누가 봐도 틀린 것", New)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "current"
        );

        (await RefreshAsync(tokens)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await identity.SignInAsync(email, IdentityFixture.Password);
    }

    [Theory]
    [InlineData("short")]
    [InlineData("password123")]
    [InlineData("no normal form \ufffe")]
    [InlineData(IdentityFixture.Password)]
    public async Task A_new_password_keeps_to_the_rules_and_differs(string password)
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);

        await (await ChangeAsync(client, IdentityFixture.Password, password)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "new"
        );
    }

    [Fact]
    public async Task Guessing_the_current_password_is_limited_like_signing_in()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);
        for (var i = 0; i < 10; i++)
        {
            await (await ChangeAsync(client, $"추측한 비밀번호 {i}", New)).ShouldBeProblemAsync(
                HttpStatusCode.BadRequest,
                "current"
            );
        }

        var blocked = await ChangeAsync(client, IdentityFixture.Password, New);

        await blocked.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        blocked.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task Of_two_changes_at_once_one_wins()
    {
        var (_, email, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);
        var passwords = Enumerable.Range(0, 6).Select(i => $"{New} {i}").ToList();

        var answers = await Task.WhenAll(passwords.Select(p => ChangeAsync(client, IdentityFixture.Password, p)));

        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        var winner = passwords[Array.FindIndex(answers, answer => answer.StatusCode == HttpStatusCode.OK)];
        await identity.SignInAsync(email, winner);
    }

    [Fact]
    public async Task Signing_out_everywhere_ends_every_session_of_this_account_alone()
    {
        var (_, email, here) = await identity.NewAccountAsync();
        var elsewhere = await identity.SignInAsync(email, IdentityFixture.Password);
        var (_, _, neighbour) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(here.AccessToken);

        (await client.DeleteAsync(new Uri("/me/sessions", UriKind.Relative))).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );

        await (await RefreshAsync(here)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        await (await RefreshAsync(elsewhere)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        (await RefreshAsync(neighbour)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> ChangeAsync(HttpClient client, string current, string next) =>
        client.PostAsJsonAsync("/me/password", new ChangePasswordRequest(current, next));

    private async Task<HttpResponseMessage> RefreshAsync(Tokens tokens)
    {
        using var client = identity.Service.Client();
        return await client.PostAsJsonAsync("/tokens/refresh", new RefreshTokens(tokens.RefreshToken));
    }
}
