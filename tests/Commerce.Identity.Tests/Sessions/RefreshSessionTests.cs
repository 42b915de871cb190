using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Dapper;

namespace Commerce.Identity.Tests.Sessions;

[Collection(IdentityCollection.Name)]
public sealed class RefreshSessionTests(IdentityFixture identity)
{
    [Fact]
    public async Task A_refresh_brings_new_tokens_for_the_same_account()
    {
        var (id, _, first) = await identity.NewAccountAsync();
        var second = await (await RefreshAsync(first.RefreshToken)).ReadAsync<Tokens>();

        second.RefreshToken.ShouldNotBe(first.RefreshToken);
        using var client = identity.Service.Client(second.AccessToken);
        (await (await client.GetAsync(new Uri("/me", UriKind.Relative))).ReadAsync<Account>()).Id.ShouldBe(id);
        (await RefreshAsync(second.RefreshToken)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Using_an_old_token_again_ends_the_session_for_thief_and_owner()
    {
        var (_, email, first) = await identity.NewAccountAsync();
        var second = await (await RefreshAsync(first.RefreshToken)).ReadAsync<Tokens>();
        var third = await (await RefreshAsync(second.RefreshToken)).ReadAsync<Tokens>();
        var elsewhere = await identity.SignInAsync(email, IdentityFixture.Password);

        await (await RefreshAsync(first.RefreshToken)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);

        await (await RefreshAsync(third.RefreshToken)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        (await RefreshAsync(elsewhere.RefreshToken)).StatusCode.ShouldBe(
            HttpStatusCode.OK,
            "another sign-in is another session"
        );
    }

    [Fact]
    public async Task Of_many_refreshes_at_once_at_most_one_wins()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => RefreshAsync(tokens.RefreshToken)));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Unauthorized).ShouldBe(19);
    }

    [Fact]
    public async Task An_expired_session_is_over()
    {
        var (id, _, tokens) = await identity.NewAccountAsync();
        await using var connection = await identity.Database.OpenConnectionAsync();
        await connection.ExecuteAsync("update session set expires_at = now() where account_id = @id", new { id });

        await (await RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Fact]
    public async Task A_session_ends_after_ninety_days_however_often_it_is_refreshed()
    {
        var (id, _, tokens) = await identity.NewAccountAsync();
        await using var connection = await identity.Database.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "update session set created_at = now() - interval '89 days' where account_id = @id",
            new { id }
        );
        (await RefreshAsync(tokens.RefreshToken)).StatusCode.ShouldBe(HttpStatusCode.OK);

        var left = await connection.QuerySingleAsync<TimeSpan>(
            "select expires_at - now() from session where account_id = @id",
            new { id }
        );
        left.ShouldBeInRange(TimeSpan.FromHours(23), TimeSpan.FromDays(1));
    }

    [Fact]
    public async Task Signing_out_ends_the_session()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client();
        var response = await client.PostAsJsonAsync("/tokens/revoke", new RefreshTokens(tokens.RefreshToken));
        response.StatusCode.ShouldBe(HttpStatusCode.NoContent);

        await (await RefreshAsync(tokens.RefreshToken)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA====")]
    public async Task An_unknown_token_is_refused(string token) =>
        await (await RefreshAsync(token)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task The_database_does_not_know_the_token()
    {
        var (id, _, tokens) = await identity.NewAccountAsync();
        await using var connection = await identity.Database.OpenConnectionAsync();
        var hash = await connection.QuerySingleAsync<byte[]>(
            "select token_hash from session where account_id = @id",
            new { id }
        );
        var token = System.Buffers.Text.Base64Url.DecodeFromChars(tokens.RefreshToken);

        hash.ShouldBe(System.Security.Cryptography.SHA256.HashData(token));
    }

    private async Task<HttpResponseMessage> RefreshAsync(string token)
    {
        using var client = identity.Service.Client();
        return await client.PostAsJsonAsync("/tokens/refresh", new RefreshTokens(token));
    }
}
