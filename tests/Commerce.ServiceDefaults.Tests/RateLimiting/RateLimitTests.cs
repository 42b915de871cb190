using System.Net;

namespace Commerce.ServiceDefaults.Tests.RateLimiting;

public sealed class RateLimitTests
{
    [Fact]
    public async Task Writes_over_the_burst_are_told_to_wait_and_let_in_later()
    {
        await using var service = await SampleService.StartAsync([
            ("RateLimits:Writes:Burst", "5"),
            ("RateLimits:Writes:PerSecond", "10"),
        ]);
        using var client = service.Client();
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => PostAsync(client, "/limited")));

        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBeGreaterThanOrEqualTo(5);
        var refused = answers.First(a => a.StatusCode == HttpStatusCode.TooManyRequests);
        await refused.ShouldBeProblemAsync(HttpStatusCode.TooManyRequests);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        await Eventually.True(async () => (await PostAsync(client, "/limited")).StatusCode == HttpStatusCode.OK);
    }

    [Fact]
    public async Task An_onslaught_is_told_to_come_back_while_those_inside_are_served()
    {
        await using var service = await SampleService.StartAsync([
            ("RateLimits:Concurrent", "2"),
            ("RateLimits:Waiting", "3"),
        ]);
        using var client = service.Client();
        Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(new Uri(path, UriKind.Relative));

        var all = Enumerable.Range(0, 50).Select(_ => GetAsync("/waits")).ToList();
        var refused = await await Task.WhenAny(all);
        await refused.ShouldBeProblemAsync(HttpStatusCode.ServiceUnavailable);
        refused.Headers.RetryAfter!.Delta.ShouldBe(TimeSpan.FromSeconds(1));
        (await GetAsync("/alive")).StatusCode.ShouldBe(HttpStatusCode.OK);

        // Whoever arrives only after somebody inside has left is served as well.
        await Eventually.True(() => all.Count(answer => answer.IsCompleted) == 45);
        service.LetGo();
        var answers = await Task.WhenAll(all);
        answers.Count(a => a.StatusCode == HttpStatusCode.OK).ShouldBe(5);
        answers.Count(a => a.StatusCode == HttpStatusCode.ServiceUnavailable).ShouldBe(45);
        (await GetAsync("/waits")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task One_account_does_not_use_up_anothers_writes()
    {
        var authority = await TestAuthority.Shared;
        await using var service = await SampleService.StartAsync([
            ("RateLimits:Writes:Burst", "1"),
            ("RateLimits:Writes:PerSecond", "1"),
            ("Authentication:Authority", authority.Address),
        ]);
        for (var i = 0; i < 5; i++)
        {
            using var client = service.Client(authority.ShopperToken(Guid.CreateVersion7()));
            (await PostAsync(client, "/limited")).StatusCode.ShouldBe(HttpStatusCode.OK);
        }
    }

    [Fact]
    public async Task Signing_in_is_limited_by_the_callers_address_behind_a_trusted_proxy()
    {
        await using var service = await SampleService.StartAsync([("RateLimits:SignIn:PerMinute", "2")]);
        async Task<HttpStatusCode> FromAsync(string address)
        {
            using var client = service.Client();
            client.DefaultRequestHeaders.Add("X-Forwarded-For", address);
            return (await PostAsync(client, "/signing-in")).StatusCode;
        }

        (await FromAsync("203.0.113.1")).ShouldBe(HttpStatusCode.OK);
        (await FromAsync("203.0.113.1")).ShouldBe(HttpStatusCode.OK);
        (await FromAsync("203.0.113.1")).ShouldBe(HttpStatusCode.TooManyRequests);
        (await FromAsync("203.0.113.2")).ShouldBe(HttpStatusCode.OK);
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, string path) =>
        client.PostAsync(new Uri(path, UriKind.Relative), content: null);
}
