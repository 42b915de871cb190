using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Redis;
using Commerce.Storefront.Api;
using Commerce.Storefront.Session;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Storefront.Tests.Session;

/// <summary>Refresh tokens work once, circuits live for hours, Identity and Redis come and go. (No Redis here at all.)</summary>
public sealed class SessionTokensTests : IDisposable
{
    // Nobody listens at port 1.
    private static readonly RedisGate NoRedis = new("127.0.0.1:1", NullLogger<RedisGate>.Instance);
    private readonly FakeIdentity _identity = new();
    private readonly Clock _clock = new(new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero));
    private readonly ServiceProvider _services;
    private readonly SessionTokens _tokens;

    public SessionTokensTests()
    {
        var services = new ServiceCollection();
        services.AddTransient(_ => new TokenApi(
            new HttpClient(_identity, disposeHandler: false) { BaseAddress = new Uri("http://identity") }
        ));
        _services = services.BuildServiceProvider();
        _tokens = new SessionTokens(
            _services.GetRequiredService<IServiceScopeFactory>(),
            new SessionStore(NoRedis, new EphemeralDataProtectionProvider()),
            _clock,
            NullLogger<SessionTokens>.Instance
        );
    }

    public void Dispose()
    {
        _services.Dispose();
        _identity.Dispose();
    }

    [Fact]
    public async Task A_token_that_holds_is_used_as_it_is()
    {
        _tokens.Remember("s", Set("first", TimeSpan.FromMinutes(15)));

        (await _tokens.AccessTokenAsync("s", default)).ShouldBe("first");
        _identity.Refreshed.ShouldBeEmpty();
    }

    [Fact]
    public async Task Fifty_calls_at_once_exchange_an_ending_token_once()
    {
        _tokens.Remember("s", Set("first", TimeSpan.FromSeconds(20)));

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _tokens.AccessTokenAsync("s", default)));

        answers.Distinct().ShouldBe(["access-1"]);
        _identity.Refreshed.ShouldBe(["refresh-of-first"]);
    }

    [Fact]
    public async Task A_cookie_that_lags_behind_does_not_bring_back_a_used_refresh_token()
    {
        var old = Set("first", TimeSpan.FromSeconds(20));
        _tokens.Remember("s", old);
        await _tokens.AccessTokenAsync("s", default);

        _tokens.Remember("s", old);

        (await _tokens.AccessTokenAsync("s", default)).ShouldBe("access-1");
        _identity.Refreshed.Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_Identity_is_away_a_token_is_used_to_its_last_second()
    {
        _identity.Answer = HttpStatusCode.ServiceUnavailable;
        _tokens.Remember("s", Set("first", TimeSpan.FromSeconds(20)));

        (await _tokens.AccessTokenAsync("s", default)).ShouldBe("first");

        _clock.Now += TimeSpan.FromSeconds(21);
        (await Should.ThrowAsync<ApiException>(_tokens.AccessTokenAsync("s", default))).ErrorKind.ShouldBe(
            ApiErrorKind.Unavailable
        );

        _identity.Answer = HttpStatusCode.OK;
        (await _tokens.AccessTokenAsync("s", default)).ShouldBe("access-1");
    }

    [Fact]
    public async Task A_session_whose_refresh_token_is_refused_has_ended()
    {
        _identity.Answer = HttpStatusCode.Unauthorized;
        _tokens.Remember("s", Set("first", TimeSpan.FromSeconds(20)));

        (await _tokens.AccessTokenAsync("s", default)).ShouldBeNull();
    }

    [Fact]
    public async Task A_session_that_this_process_never_heard_of_has_no_token() =>
        (await _tokens.AccessTokenAsync("unknown", default)).ShouldBeNull();

    [Fact]
    public void Tokens_survive_the_way_through_the_cookie()
    {
        var properties = new AuthenticationProperties();
        var set = Set("first", TimeSpan.FromMinutes(15));

        set.PutInto(properties);

        TokenSet.In(properties).ShouldBe(set);
        TokenSet.In(new AuthenticationProperties()).ShouldBeNull();
    }

    private TokenSet Set(string access, TimeSpan lifetime) =>
        new(access, $"refresh-of-{access}", _clock.Now + lifetime);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = now;

        public override DateTimeOffset GetUtcNow() => Now;
    }

    /// <summary>Identity as it stands on the wire: every refresh token works once.</summary>
    private sealed class FakeIdentity : HttpMessageHandler
    {
        private readonly Lock _gate = new();

        public HttpStatusCode Answer { get; set; } = HttpStatusCode.OK;

        public List<string> Refreshed { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            var body = await request.Content!.ReadFromJsonAsync<JsonObject>(cancellationToken);
            if (Answer != HttpStatusCode.OK)
            {
                return new(Answer) { Content = JsonContent.Create(new { title = "no" }) };
            }

            lock (_gate)
            {
                var used = (string)body!["refreshToken"]!;
                Refreshed.ShouldNotContain(used);
                Refreshed.Add(used);
                return new(HttpStatusCode.OK)
                {
                    Content = JsonContent.Create(
                        new Tokens($"access-{Refreshed.Count}", $"refresh-{Refreshed.Count}", 900)
                    ),
                };
            }
        }
    }
}
