using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Commerce.NativeHosting.Dashboard.Wire;
using Commerce.NativeHosting.Engine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Commerce.NativeHosting.Dashboard;

/// <summary>What feeds the dashboard's Resources page, its console logs and its commands.</summary>
internal sealed class ResourceService(string key, Func<IReadOnlyList<PlatformResource>> resources)
{
    private const string KeyHeader = "x-resource-service-api-key";
    private static readonly TimeSpan StopBound = TimeSpan.FromSeconds(10);

    public void Map(IEndpointRouteBuilder endpoints)
    {
        Map("GetApplicationInformation", AboutAsync);
        Map("WatchResources", WatchResourcesAsync);
        Map("WatchResourceConsoleLogs", WatchLogsAsync);
        Map("ExecuteResourceCommand", ExecuteAsync);
        Map("WatchInteractions", HoldAsync);

        void Map(string method, Func<GrpcCall, Task> handle) =>
            endpoints.MapPost($"/aspire.v1.DashboardService/{method}", context => GuardAsync(context, handle));
    }

    private async Task GuardAsync(HttpContext context, Func<GrpcCall, Task> handle)
    {
        var call = new GrpcCall(context);
        var given = Encoding.UTF8.GetBytes(call.Header(KeyHeader) ?? string.Empty);
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(key)))
        {
            await call.EndAsync(GrpcCall.Unauthenticated);
            return;
        }

        try
        {
            await handle(call);
        }
        catch (OperationCanceledException) when (call.Aborted.IsCancellationRequested)
        {
            // The dashboard closed the stream.
        }
    }

    private static async Task AboutAsync(GrpcCall call)
    {
        await call.WriteAsync(new ApplicationInformationResponse { ApplicationName = "Commerce" });
        await call.EndAsync(GrpcCall.Ok);
    }

    private async Task WatchResourcesAsync(GrpcCall call)
    {
        var all = resources();
        var changed = Channel.CreateUnbounded<PlatformResource>();
        var handlers = all.Select(resource =>
            {
                EventHandler handler = (_, _) => changed.Writer.TryWrite(resource);
                resource.Supervisor.Changed += handler;
                return (resource.Supervisor, handler);
            })
            .ToList();
        try
        {
            var initial = new InitialResourceData();
            initial.Resources.Add(all.Select(ResourceView.Of));
            await call.WriteAsync(new WatchResourcesUpdate { InitialData = initial });
            await foreach (var resource in changed.Reader.ReadAllAsync(call.Aborted))
            {
                var changes = new WatchResourcesChanges();
                changes.Value.Add(new WatchResourcesChange { Upsert = ResourceView.Of(resource) });
                await call.WriteAsync(new WatchResourcesUpdate { Changes = changes });
            }
        }
        finally
        {
            foreach (var (supervisor, handler) in handlers)
            {
                supervisor.Changed -= handler;
            }
        }
    }

    private async Task WatchLogsAsync(GrpcCall call)
    {
        var request = await call.ReadAsync(WatchResourceConsoleLogsRequest.Parser);
        if (Find(request.ResourceName) is not { } resource)
        {
            await call.EndAsync(GrpcCall.NotFound, $"no resource {request.ResourceName}");
            return;
        }

        await call.BeginAsync();
        await foreach (var lines in resource.Log.FollowAsync(call.Aborted))
        {
            var update = new WatchResourceConsoleLogsUpdate();
            update.LogLines.Add(
                lines.Select(line => new ConsoleLogLine { Text = line.Text, LineNumber = line.Number })
            );
            await call.WriteAsync(update);
            if (request.SuppressFollow)
            {
                break;
            }
        }

        await call.EndAsync(GrpcCall.Ok);
    }

    private async Task ExecuteAsync(GrpcCall call)
    {
        var request = await call.ReadAsync(ResourceCommandRequest.Parser);
        var answer = new ResourceCommandResponse { Kind = ResourceCommandResponseKind.Succeeded };
        switch (request.CommandName)
        {
            case ResourceView.Start when Find(request.ResourceName) is { HasProcess: true } resource:
                resource.Supervisor.Start();
                break;
            case ResourceView.Stop when Find(request.ResourceName) is { HasProcess: true } resource:
                await resource.Supervisor.StopAsync(StopBound);
                break;
            case ResourceView.Restart when Find(request.ResourceName) is { HasProcess: true } resource:
                await resource.Supervisor.KillAsync();
                break;
            default:
                answer.Kind = ResourceCommandResponseKind.Failed;
                answer.Message = $"{request.ResourceName} has no command {request.CommandName}";
                break;
        }

        await call.WriteAsync(answer);
        await call.EndAsync(GrpcCall.Ok);
    }

    /// <summary>We never ask the user anything; a closed stream would be opened again and again.</summary>
    private static async Task HoldAsync(GrpcCall call)
    {
        await call.BeginAsync();
        await Task.Delay(Timeout.Infinite, call.Aborted);
    }

    private PlatformResource? Find(string name) =>
        resources().FirstOrDefault(resource => resource.DashboardName == name);
}
