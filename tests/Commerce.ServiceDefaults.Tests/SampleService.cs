using System.Net.Http.Headers;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults.Tests;

/// <summary>A small service on real Kestrel that uses everything the way a real one does.</summary>
internal sealed class SampleService : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TaskCompletionSource _letGo;

    private SampleService(WebApplication app, TaskCompletionSource letGo) => (_app, _letGo) = (app, letGo);

    public IServiceProvider Services => _app.Services;

    public Uri Address =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<SampleService> StartAsync(
        IEnumerable<(string Key, string? Value)>? settings = null,
        Action<WebApplicationBuilder>? configure = null
    )
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(
            (settings ?? []).Append(("urls", "http://127.0.0.1:0")).Select(s => KeyValuePair.Create(s.Item1, s.Item2))
        );
        builder.Logging.SetMinimumLevel(LogLevel.Error);
        builder.AddServiceDefaults(ContractsJson.Default);
        builder.AddTokenAuthentication();
        builder.AddApiDocument("Sample");
        configure?.Invoke(builder);
        var app = builder.Build();
        app.UseServiceDefaults();
        MapEndpoints(app);
        var letGo = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.MapGet("/waits", () => letGo.Task);
        await app.StartAsync();
        return new SampleService(app, letGo);
    }

    /// <summary>Answers those who wait at <c>/waits</c>, and everybody who comes later.</summary>
    public void LetGo() => _letGo.TrySetResult();

    public HttpClient Client(string? token = null)
    {
        // Untraced: the tests look at the service's own spans, and this client lives in the same process.
        var client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null })
        {
            BaseAddress = Address,
        };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static void MapEndpoints(WebApplication app)
    {
        app.MapPost("/accounts", (RegisterAccount account) => account);
        app.MapPost("/addresses", (PlaceOrderRequest order) => order);
        app.MapGet("/fruits/{id:guid}", (Guid id) => id);
        app.MapGet("/pages", (int page) => page);
        app.MapGet("/broken", string () => throw new InvalidOperationException("the password is hunter2"));
        app.MapPost("/limited", () => "ok").RequireRateLimiting(RateLimits.Writes);
        app.MapPost("/signing-in", () => "ok").RequireRateLimiting(RateLimits.SignIn);
        app.MapGet("/who", (HttpContext context) => context.User.AccountId()).RequireAuthorization(Policies.SignedIn);
        app.MapGet("/shopper", () => "ok").RequireAuthorization(Policies.Shopper);
        app.MapGet("/farmer", () => "ok").RequireAuthorization(Policies.Farmer);
        app.MapGet("/admin", () => "ok").RequireAuthorization(Policies.Admin);
        app.MapGet("/address", (HttpContext context) => context.Connection.RemoteIpAddress?.ToString());
    }
}
