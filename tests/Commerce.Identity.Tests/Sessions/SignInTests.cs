using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Identity.Credentials;
using Dapper;

namespace Commerce.Identity.Tests.Sessions;

[Collection(IdentityCollection.Name)]
public sealed class SignInTests(IdentityFixture identity)
{
    [Fact]
    public async Task The_address_may_be_spelled_in_any_case()
    {
        var (_, email, _) = await identity.NewAccountAsync();
        (await identity.SignInAsync($" {email.ToUpperInvariant()}", IdentityFixture.Password)).ExpiresIn.ShouldBe(900);
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_address_get_the_same_answer()
    {
        var (_, email, _) = await identity.NewAccountAsync();
        var wrong = await (await PostAsync(email, "wrong password")).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        var unknown = await (
            await PostAsync(IdentityFixture.NewEmail(), IdentityFixture.Password)
        ).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);

        wrong.GetProperty("title").GetString().ShouldBe(unknown.GetProperty("title").GetString());
        wrong.EnumerateObject().Select(p => p.Name).ShouldBe(unknown.EnumerateObject().Select(p => p.Name));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("nobody", "x")]
    [InlineData("a\0@example.com", "x\0")]
    public async Task Nonsense_is_just_wrong(string email, string password) =>
        await (await PostAsync(email, password)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);

    [Fact]
    public async Task A_huge_password_is_just_wrong() =>
        await (await PostAsync(DemoAccounts.ShopperEmail, new string('x', 100_000))).ShouldBeProblemAsync(
            HttpStatusCode.Unauthorized
        );

    [Fact]
    public async Task Guessing_ends_with_a_429_for_the_guesser_and_not_for_the_address_next_door()
    {
        var (_, email, _) = await identity.NewAccountAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => PostAsync(email, $"guess {i:000}")));

        answers.ShouldAllBe(a =>
            a.StatusCode == HttpStatusCode.Unauthorized || a.StatusCode == HttpStatusCode.TooManyRequests
        );
        // Ten are counted before the next is tried; those already being tried may come on top.
        answers
            .Count(a => a.StatusCode == HttpStatusCode.Unauthorized)
            .ShouldBeInRange(10, 10 + Environment.ProcessorCount);
        var blocked = await PostAsync(email, IdentityFixture.Password);
        await blocked.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        blocked.Headers.RetryAfter!.Delta!.Value.TotalMinutes.ShouldBeInRange(13, 15);

        (await PostAsync(email, IdentityFixture.Password, from: "203.0.113.7")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await PostAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Guessing_at_an_unknown_address_looks_the_same()
    {
        var email = IdentityFixture.NewEmail();
        for (var i = 0; i < 10; i++)
        {
            (await PostAsync(email, "guess guess")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        (await PostAsync(email, "guess guess")).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
    }

    [Fact]
    public async Task The_wait_ends_by_the_databases_clock()
    {
        var (_, email, _) = await identity.NewAccountAsync();
        for (var i = 0; i < 11; i++)
        {
            await PostAsync(email, "guess guess");
        }

        (await PostAsync(email, IdentityFixture.Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        await using var connection = await identity.Database.OpenConnectionAsync();
        await connection.ExecuteAsync("update sign_in_failure set first_at = first_at - interval '16 minutes'");
        (await PostAsync(email, IdentityFixture.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_right_password_clears_the_count()
    {
        var (_, email, _) = await identity.NewAccountAsync();
        for (var round = 0; round < 3; round++)
        {
            for (var i = 0; i < 6; i++)
            {
                (await PostAsync(email, "guess guess")).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
            }

            (await PostAsync(email, IdentityFixture.Password)).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Tokens_are_not_to_be_cached()
    {
        var response = await PostAsync(DemoAccounts.ShopperEmail, DemoAccounts.Password);
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
    }

    [Fact]
    public async Task An_unknown_address_costs_as_much_as_a_known_one()
    {
        using var hasher = new PasswordHasher(new PasswordOptions());
        var hash = await hasher.HashAsync("맑은 사과 한 상자", CancellationToken.None);
        hash.ShouldStartWith("pbkdf2-sha512$210000$");

        var known = Measure(() => hasher.Verify("wrong", hash));
        var unknown = Measure(() => hasher.Verify("wrong", hash: null));

        // A shortcut would be a thousand times faster; noise is not.
        (unknown / known).ShouldBeInRange(0.3, 3);
        hasher.Verify("맑은 사과 한 상자", hash).ShouldBeTrue();
    }

    private static double Measure(Func<bool> verify)
    {
        var best = double.MaxValue;
        for (var i = 0; i < 5; i++)
        {
            var started = Stopwatch.GetTimestamp();
            verify().ShouldBeFalse();
            best = Math.Min(best, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        return best;
    }

    private async Task<HttpResponseMessage> PostAsync(string email, string password, string? from = null)
    {
        using var client = identity.Service.Client();
        if (from is not null)
        {
            client.DefaultRequestHeaders.Add("X-Forwarded-For", from);
        }

        return await client.PostAsJsonAsync("/tokens", new SignInRequest(email, password));
    }
}
