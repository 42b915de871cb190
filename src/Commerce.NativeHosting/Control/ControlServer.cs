using System.Net;
using System.Security.Cryptography;
using System.Text;
using Commerce.NativeHosting.Dashboard;
using Commerce.NativeHosting.Engine;
using Commerce.NativeHosting.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.NativeHosting.Control;

/// <summary>
/// The loopback address by which <c>./commerce</c> and the tests steer a running platform (HTTP/1.1, guarded by a
/// token), and beside it the one where the dashboard asks for resources (gRPC, guarded by a key).
/// </summary>
internal sealed class ControlServer : IAsyncDisposable
{
    private const string TokenHeader = "X-Commerce-Token";

    private readonly WebApplication _web;
    private readonly Action _shutdown;
    private IReadOnlyList<PlatformResource> _resources = [];
    private IReadOnlyDictionary<string, string> _urls = new Dictionary<string, string>();

    private ControlServer(WebApplication web, int port, int resourceServicePort, Action shutdown)
    {
        _web = web;
        _shutdown = shutdown;
        Url = $"http://127.0.0.1:{port}";
        ResourceServiceUrl = $"http://127.0.0.1:{resourceServicePort}";
    }

    /// <summary>Address of the control protocol, without a slash at the end.</summary>
    public string Url { get; }

    /// <summary>Value the header X-Commerce-Token must have.</summary>
    public string Token { get; } = Secret.Generate(32);

    /// <summary>Where the dashboard finds the resource service.</summary>
    public string ResourceServiceUrl { get; }

    /// <summary>The dashboard's key for it.</summary>
    public string ResourceServiceKey { get; } = Secret.Generate(32);

    public static async Task<ControlServer> StartAsync(Action shutdown)
    {
        var (port, resourceServicePort) = (FreePort.Next(), FreePort.Next());
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder
            .WebHost.UseKestrelCore()
            .ConfigureKestrel(kestrel =>
            {
                kestrel.AddServerHeader = false;
                kestrel.Listen(IPAddress.Loopback, port);
                kestrel.Listen(
                    IPAddress.Loopback,
                    resourceServicePort,
                    listener => listener.Protocols = HttpProtocols.Http2
                );
            });
        var server = new ControlServer(builder.Build(), port, resourceServicePort, shutdown);
        server.MapControl(port);
        new ResourceService(server.ResourceServiceKey, () => server._resources).Map(server._web);
        await server._web.StartAsync();
        return server;
    }

    /// <summary>From now on answers for these; before, there is nothing to tell.</summary>
    public void Serve(IReadOnlyList<PlatformResource> resources, IReadOnlyDictionary<string, string> urls)
    {
        _resources = resources;
        _urls = urls;
    }

    public async ValueTask DisposeAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _web.StopAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            // The dashboard's streams were cut off; it is gone already.
        }

        await _web.DisposeAsync();
    }

    private void MapControl(int port)
    {
        var control = _web.MapGroup("")
            .AddEndpointFilter(
                async (call, next) => IsAllowed(call.HttpContext, port) ? await next(call) : Results.Unauthorized()
            );
        control.MapGet("/urls", () => _urls);
        control.MapGet("/resources", () => _resources.Select(Describe));
        control.MapGet(
            "/resources/{name}/logs",
            (string name, int? tail) =>
                _resources.FirstOrDefault(resource => Matches(resource, name)) is { } found
                    ? Results.Text(string.Concat(found.Log.Tail(tail ?? 500).Select(line => line.Text + "\n")))
                    : Unknown(name)
        );
        control.MapPost("/resources/{name}/kill", (string name) => ActAsync(name, one => one.KillAsync()));
        control.MapPost(
            "/resources/{name}/stop",
            (string name) => ActAsync(name, one => one.StopAsync(TimeSpan.FromSeconds(10)))
        );
        control.MapPost(
            "/resources/{name}/start",
            (string name) =>
                ActAsync(
                    name,
                    one =>
                    {
                        one.Start();
                        return Task.CompletedTask;
                    }
                )
        );
        control.MapPut("/resources/{name}/environment", SetEnvironment);
        control.MapPost(
            "/shutdown",
            (HttpContext context) =>
            {
                // After the answer: the caller learns that it was heard.
                context.Response.OnCompleted(() =>
                {
                    _shutdown();
                    return Task.CompletedTask;
                });
                return Results.Accepted();
            }
        );
    }

    /// <summary>Replaces what is put on top of a project's environment; the running process keeps its own.</summary>
    private IResult SetEnvironment(string name, Dictionary<string, string> overrides)
    {
        var found = _resources.Where(resource => Matches(resource, name)).ToList();
        if (found.Count == 0)
        {
            return Unknown(name);
        }

        if (found.Exists(resource => resource.Kind != Kinds.Project))
        {
            return Results.Problem($"{name} is not a project.", statusCode: StatusCodes.Status409Conflict);
        }

        found.ForEach(resource => resource.Overrides = overrides);
        return Results.NoContent();
    }

    private bool IsAllowed(HttpContext context, int port) =>
        context.Connection.LocalPort == port
        && CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(context.Request.Headers[TokenHeader].ToString()),
            Encoding.UTF8.GetBytes(Token)
        );

    private async Task<IResult> ActAsync(string name, Func<Supervisor, Task> act)
    {
        var found = _resources.Where(resource => Matches(resource, name)).ToList();
        if (found.Count == 0)
        {
            return Unknown(name);
        }

        if (found.Exists(resource => !resource.HasProcess))
        {
            return Results.Problem($"{name} has no process of its own.", statusCode: StatusCodes.Status409Conflict);
        }

        await Task.WhenAll(found.Select(resource => act(resource.Supervisor)));
        return Results.NoContent();
    }

    private static bool Matches(PlatformResource resource, string name) =>
        resource.Name == name || resource.Group == name;

    private static IResult Unknown(string name) =>
        Results.Problem($"There is no resource named {name}.", statusCode: StatusCodes.Status404NotFound);

    private static ResourceView Describe(PlatformResource resource)
    {
        var status = resource.Supervisor.Status;
        return new ResourceView(
            resource.Name,
            resource.Kind,
            status.State,
            status.Health,
            resource.HasProcess ? status.Pid : null,
            resource.Url,
            status.Reason,
            status.Restarts
        );
    }

    private sealed record ResourceView(
        string Name,
        string Kind,
        string State,
        string? Health,
        int? Pid,
        string? Url,
        string? Reason,
        int Restarts
    );
}
