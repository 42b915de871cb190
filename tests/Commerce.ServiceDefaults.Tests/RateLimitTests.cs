using System.Net;
using Commerce.Testing;

namespace Commerce.ServiceDefaults.Tests;

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
