using System.Collections.Concurrent;
using System.Net;
using Commerce.ServiceDefaults.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults.Tests.Http;

public sealed class ServiceClientTests : IAsyncLifetime
{
    private readonly ConcurrentQueue<string> _calls = new();
    private readonly List<WebApplication> _servers = [];
    private Func<int, HttpContext, Task> _answer = (_, _) => Task.CompletedTask;

    public async Task InitializeAsync()
    {
        await StartServerAsync();
        await StartServerAsync();
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
        {
            await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_service_is_found_by_its_name_and_its_replicas_take_turns()
    {
        using var client = Client();
        for (var i = 0; i < 10; i++)
        {
            (await client.GetAsync(new Uri("/fruits?page=2", UriKind.Relative))).EnsureSuccessStatusCode();
        }

        _calls.Count(c => c == "0 GET /fruits?page=2").ShouldBe(5);
        _calls.Count(c => c == "1 GET /fruits?page=2").ShouldBe(5);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task What_may_be_repeated_is_repeated(string method)
    {
        _answer = Failing(times: 2);
        using var client = Client();
        using var request = new HttpRequestMessage(new HttpMethod(method), "/cart");
        (await client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        _calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_post_is_not_repeated()
    {
        _answer = Failing(times: 1);
        using var client = Client();
        using var body = new StringContent("{}");
        (await client.PostAsync(new Uri("/orders", UriKind.Relative), body)).StatusCode.ShouldBe(
            HttpStatusCode.ServiceUnavailable
        );
        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_post_under_an_idempotency_key_is_repeated_with_its_body()
    {
        var bodies = new ConcurrentQueue<string>();
        var fail = Failing(times: 2);
        _answer = async (call, context) =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Enqueue(await reader.ReadToEndAsync());
            await fail(call, context);
        };
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders") { Content = new StringContent("사과") };
        request.Headers.Add("Idempotency-Key", "k");
        (await client.SendAsync(request)).StatusCode.ShouldBe(HttpStatusCode.OK);
        bodies.ShouldBe(["사과", "사과", "사과"]);
    }

    [Fact]
    public async Task A_refusal_is_an_answer_and_is_not_repeated()
    {
        _answer = (_, context) =>
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        };
        using var client = Client();
        (await client.GetAsync(new Uri("/fruits/1", UriKind.Relative))).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        _calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_keeps_failing_is_left_alone_for_a_while()
    {
        _answer = Failing(times: int.MaxValue);
        using var client = Client();
        var outcomes = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            try
            {
                using var body = new StringContent("{}");
                outcomes.Add(
                    (await client.PostAsync(new Uri("/orders", UriKind.Relative), body)).StatusCode.ToString()
                );
            }
            catch (HttpRequestException e)
            {
                outcomes.Add(e.Message);
            }
        }

        outcomes[^1].ShouldContain("does not answer");
        _calls.Count.ShouldBeLessThan(30);
    }

    [Fact]
    public async Task A_service_that_nobody_runs_is_one_kind_of_exception()
    {
        using var client = Client(
            ("services:catalog:http:0", "http://127.0.0.1:1"),
            ("services:catalog:http:1", "http://127.0.0.1:1")
        );
        await Should.ThrowAsync<HttpRequestException>(() => client.GetAsync(new Uri("/fruits", UriKind.Relative)));
    }

    private static Func<int, HttpContext, Task> Failing(int times)
    {
        var failures = 0;
        return (_, context) =>
        {
            context.Response.StatusCode =
                Interlocked.Increment(ref failures) <= times
                    ? StatusCodes.Status503ServiceUnavailable
                    : StatusCodes.Status200OK;
            return Task.CompletedTask;
        };
    }

    private HttpClient Client(params (string Key, string? Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(
                _servers.Select(
                    (server, i) => KeyValuePair.Create($"services:catalog:http:{i}", (string?)Address(server))
                )
            )
            .AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, s.Value)))
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddServiceClient<CatalogClient>("catalog");
        return services.BuildServiceProvider().GetRequiredService<CatalogClient>().Http;
    }

    private async Task StartServerAsync()
    {
        var index = _servers.Count;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context =>
        {
            _calls.Enqueue($"{index} {context.Request.Method} {context.Request.Path}{context.Request.QueryString}");
            return _answer(_calls.Count, context);
        });
        await app.StartAsync();
        _servers.Add(app);
    }

    private static string Address(WebApplication app) =>
        app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    private sealed class CatalogClient(HttpClient http)
    {
        public HttpClient Http { get; } = http;
    }
}
