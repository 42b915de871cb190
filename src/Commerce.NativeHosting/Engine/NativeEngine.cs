using System.Diagnostics;
using System.Runtime.InteropServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting.Control;
using Commerce.NativeHosting.Dashboard;
using Microsoft.Extensions.Configuration;

namespace Commerce.NativeHosting.Engine;

/// <summary>One life of the platform: start in order, watch, stop in reverse order.</summary>
internal sealed class NativeEngine(NativeApplicationBuilder application, bool fresh, TextWriter console) : IDisposable
{
    private static readonly TimeSpan ProjectStopBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ServerStopBound = TimeSpan.FromSeconds(15);

    private readonly CancellationTokenSource _stop = new();

    /// <summary>Runs until it is stopped. 0 = a clean end, 1 = it could not start; the reason is on stderr.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var signals = new StopSignals(_stop);
        await using var cancelled = cancellationToken.Register(_stop.Cancel);
        StateFiles? files = null;
        ControlServer? control = null;
        Plan? plan = null;
        try
        {
            files = await StateFiles.TakeAsync(application.Paths);
            Prepare();
            control = await ControlServer.StartAsync(_stop.Cancel);
            var dashboard = DashboardProcess.Find(
                application.Configuration,
                application.Paths,
                control.ResourceServiceUrl,
                control.ResourceServiceKey
            );
            plan = new Plan(application, dashboard);
            await plan.BuildAsync(_stop.Token);
            var state = await StateOf(plan, control, dashboard);
            control.Serve(plan.Resources, state.Urls);
            files.WriteStarting(state with { Status = "starting", Urls = new Dictionary<string, string>() });

            var watch = Stopwatch.StartNew();
            Announce(dashboard);
            plan.Begin();
            await WaitUntilHealthyAsync(plan);
            files.WriteRunning(state);
            await new Banner(application.Configuration).WriteAsync(console, plan.Resources, state.Urls, watch.Elapsed);
            await Task.Delay(Timeout.Infinite, _stop.Token);
            return 0;
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception failure)
        {
            await Console.Error.WriteLineAsync($"The platform did not start: {failure.Message}");
            files?.WriteFailure(failure.Message.ReplaceLineEndings(" | "));
            return 1;
        }
        finally
        {
            await StopAsync(plan);
            if (control is not null)
            {
                await control.DisposeAsync();
            }

            files?.Dispose();
        }
    }

    public void Dispose() => _stop.Dispose();

    private void Prepare()
    {
        ServerFolder.MakePassable(application.Paths.Home);
        if (fresh)
        {
            foreach (var folder in ServerFolder.SubfoldersOf(application.Paths.Data))
            {
                ServerFolder.Remove(folder);
            }
        }
    }

    private void Announce(DashboardProcess? dashboard)
    {
        foreach (var notice in application.Notices)
        {
            console.WriteLine(notice);
        }

        if (dashboard is null)
        {
            console.WriteLine("The Aspire dashboard is not on this machine: no telemetry is collected.");
        }
    }

    private async Task WaitUntilHealthyAsync(Plan plan)
    {
        var bound = TimeSpan.FromSeconds(application.Configuration.GetValue("Native:PlatformTimeoutSeconds", 180));
        var all = plan.Resources.Where(resource => resource.HasProcess).ToList();
        var timeout = Task.Delay(bound, _stop.Token);
        var pending = all.ToDictionary(resource => resource.Supervisor.FirstHealthy, resource => resource.Name);
        while (pending.Count > 0)
        {
            var first = await Task.WhenAny([timeout, .. pending.Keys]);
            if (first == timeout)
            {
                _stop.Token.ThrowIfCancellationRequested();
                var late = all.Where(other => !other.Supervisor.Status.IsHealthy)
                    .Select(other =>
                        $"{other.Name} ({other.Supervisor.Status.Reason ?? other.Supervisor.Status.State})"
                    );
                throw new InvalidOperationException(
                    $"not healthy within {bound.TotalSeconds:0} s: {string.Join(", ", late)}"
                );
            }

            pending.Remove(first, out var name);
            if (first.Exception is { InnerException: { } problem })
            {
                throw new InvalidOperationException($"{name}: {problem.Message}", problem);
            }
        }
    }

    /// <summary>Projects first, so that no relay holds PostgreSQL's shutdown; then Kafka, PostgreSQL, Redis, dashboard.</summary>
    private static async Task StopAsync(Plan? plan)
    {
        if (plan is null)
        {
            return;
        }

        foreach (var balancer in plan.Balancers)
        {
            await balancer.DisposeAsync();
        }

        foreach (var kind in new[] { Kinds.Project, Kinds.Kafka, Kinds.Postgres, Kinds.Redis, Kinds.Dashboard })
        {
            var bound = kind == Kinds.Project ? ProjectStopBound : ServerStopBound;
            await Task.WhenAll(
                plan.Resources.Where(resource => resource.Kind == kind)
                    .Select(resource => resource.Supervisor.EndAsync(bound))
            );
        }

        foreach (var resource in plan.Resources)
        {
            resource.Supervisor.Dispose();
            resource.Log.Dispose();
        }
    }

    private static Dictionary<string, string> UrlsOf(Plan plan, DashboardProcess? dashboard)
    {
        var urls = new Dictionary<string, string>();
        foreach (var resource in plan.Resources.Where(resource => resource.Url is not null))
        {
            urls.TryAdd(
                resource.Group,
                resource.Model switch
                {
                    null => dashboard!.LoginUrl,
                    _ => resource.Url!,
                }
            );
        }

        return urls;
    }

    private static async Task<PlatformState> StateOf(Plan plan, ControlServer control, DashboardProcess? dashboard)
    {
        var urls = UrlsOf(plan, dashboard);
        var connections = new Dictionary<string, string>();
        foreach (var resource in plan.Resources)
        {
            if (resource.Model is IResourceWithConnectionString server)
            {
                connections[resource.Name] = await server.ConnectionStringExpression.GetValueAsync() ?? string.Empty;
                if (resource.Kind == Kinds.Postgres)
                {
                    urls[resource.Name] = connections[resource.Name];
                }
            }
        }

        return new PlatformState(
            "running",
            Environment.ProcessId,
            control.Url,
            control.Token,
            urls,
            dashboard?.ApiKey,
            connections
        );
    }
}

/// <summary>Ctrl+C, SIGTERM and a closed terminal stop cleanly; the second one ends at once (the guardian clears up).</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> _registrations;

    public StopSignals(CancellationTokenSource stop) =>
        _registrations = [
            .. new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT }.Select(
                signal =>
                    PosixSignalRegistration.Create(
                        signal,
                        context =>
                        {
                            context.Cancel = true;
                            if (stop.IsCancellationRequested)
                            {
                                Environment.Exit(130);
                            }

                            stop.Cancel();
                        }
                    )
            ),
        ];

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
