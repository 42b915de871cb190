using Commerce.AppHost.Platform;
using Commerce.AppHost.Servers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Commerce.AppHost;

/// <summary>What running on a developer's machine, in a test or in CI adds to the app model. Publishing has none of it.</summary>
internal static class DeveloperPlatform
{
    /// <summary>
    /// State below one folder, preferred ports that move on, servers as processes where no container engine answers, and
    /// processes that are started again when they end by themselves. Call it last: it looks at the whole model.
    /// </summary>
    public static IDistributedApplicationBuilder AddDeveloperPlatform(this IDistributedApplicationBuilder builder)
    {
        if (!builder.ExecutionContext.IsRunMode)
        {
            return builder;
        }

        builder.ReadSettingsBesideTheProject();
        var home = PlatformHome.For(builder.Configuration, builder.AppHostDirectory);
        builder.KeepSecretsIn(home);
        builder.GiveOutPorts();
        builder.ScaleByConfiguration();
        builder.AddServers(home);
        builder.StartBuiltPrograms();
        builder.PollHealthChecks();
        builder.MarkProcesses(home);
        foreach (var project in builder.All<ProjectResource>())
        {
            project.WithRestart().WithKillCommand();
        }

        builder.Services.AddHostedService<OrderedShutdown>();
#pragma warning disable ASPIRECERTIFICATES001 // See LoopbackCertificate.
        builder.Services.AddSingleton<IDeveloperCertificateService, LoopbackCertificate>();
#pragma warning restore ASPIRECERTIFICATES001
        builder.Services.Configure<ResourceNotificationServiceOptions>(options =>
            // What ended is started again: nobody has to give up because of it.
            options.DefaultWaitBehavior = WaitBehavior.WaitOnResourceUnavailable
        );
        builder.UseFolder(home);
        RunWithoutMonitors();
        return builder;
    }

    /// <summary>
    /// DCP watches the app host and ends everything after it. Beside each process it also keeps one that watches DCP: 240 MB in
    /// all against the one death that <see cref="OrderedShutdown" /> and the next start clean up after.
    /// </summary>
    private static void RunWithoutMonitors() =>
        Environment.SetEnvironmentVariable("DCP_DISABLE_MONITOR_PROCESS", "true");

    /// <summary>
    /// The host looks for appsettings.json where it was called from, which is hardly ever the project's folder. Everything else
    /// that is configured comes before this.
    /// </summary>
    private static void ReadSettingsBesideTheProject(this IDistributedApplicationBuilder builder)
    {
        var settings = new JsonConfigurationSource
        {
            Path = Path.Combine(builder.AppHostDirectory, "appsettings.json"),
        };
        settings.ResolveFileProvider();
        builder.Configuration.Sources.Insert(0, settings);
    }

    /// <summary>One platform at a time uses a folder, and says there how it is.</summary>
    private static void UseFolder(this IDistributedApplicationBuilder builder, PlatformHome home)
    {
        builder.Services.AddSingleton(home);
        builder.Services.AddSingleton<PlatformReport>();
        builder.Eventing.Subscribe<BeforeStartEvent>(
            async (starting, cancellationToken) =>
            {
                var fresh = builder.Configuration.GetValue("fresh", false);
                var held = await home.TakeAsync(fresh, cancellationToken);
                var lifetime = starting.Services.GetRequiredService<IHostApplicationLifetime>();
                lifetime.ApplicationStopping.Register(() => File.Delete(home.State));
                lifetime.ApplicationStopped.Register(held.Dispose);
                if (starting.Services.GetService<ServerContainers>() is { } containers)
                {
                    await containers.TakeVolumesAsync(fresh, cancellationToken);
                }

                _ = starting.Services.GetRequiredService<PlatformReport>().RunAsync(lifetime.ApplicationStopping);
            }
        );
    }

    /// <summary>Passwords and keys survive the process, as the data that they open do.</summary>
    private static void KeepSecretsIn(this IDistributedApplicationBuilder builder, PlatformHome home)
    {
        var parameters = builder
            .Resources.OfType<ParameterResource>()
            .Concat(builder.Resources.OfType<PostgresServerResource>().Select(server => server.PasswordParameter))
            .Concat(
                builder
                    .Resources.OfType<RedisResource>()
                    .Select(server => server.PasswordParameter)
                    .OfType<ParameterResource>()
            );
        foreach (
            var parameter in parameters.Where(parameter => parameter.Secret).DistinctBy(parameter => parameter.Name)
        )
        {
            builder.Configuration[$"Parameters:{parameter.Name}"] ??= home.Secret(parameter.Name);
        }

        // It would ask every package source for newer versions of Aspire at each start.
        builder.Configuration["ASPIRE_VERSION_CHECK_DISABLED"] = "true";
        builder.Configuration["AppHost:DashboardApiKey"] = home.Secret("dashboard-api-key");
        builder.Configuration["AppHost:OtlpApiKey"] = home.Secret("otlp-api-key");
        // The CLI finds a running platform by this path: another folder, another platform of the same checkout.
        if (builder.Configuration[PlatformHome.Variable] is { Length: > 0 })
        {
            builder.Configuration["AppHost:FilePath"] = home.Lock;
        }
    }

    /// <summary><c>Replicas:catalog=2</c> tries out what the app model does not ask for.</summary>
    private static void ScaleByConfiguration(this IDistributedApplicationBuilder builder)
    {
        foreach (var project in builder.All<ProjectResource>())
        {
            if (builder.Configuration.GetValue<int?>($"Replicas:{project.Resource.Name}") is { } replicas)
            {
                project.WithReplicas(replicas);
            }
        }

        foreach (var project in builder.Resources.OfType<ProjectResource>().Where(p => p.GetReplicaCount() == 1))
        {
            // One process can listen at the address itself: DCP's proxy would be one more hop for every request.
            foreach (var endpoint in project.Annotations.OfType<EndpointAnnotation>())
            {
                endpoint.TargetPort = endpoint.Port;
                endpoint.IsProxied = false;
            }
        }
    }

    private static void MarkProcesses(this IDistributedApplicationBuilder builder, PlatformHome home)
    {
        foreach (
            var process in builder.Resources.OfType<IResourceWithEnvironment>().Where(r => r is not ContainerResource)
        )
        {
            process.Annotations.Add(
                new EnvironmentCallbackAnnotation(context =>
                {
                    context.EnvironmentVariables[PlatformHome.ProcessMark] = home.Path;
                    // For a project that keeps files: below data/, so that --fresh removes them.
                    context.EnvironmentVariables[PlatformHome.Variable] = home.Path;
                    // The dashboard ends before them: they would try to reach it again for seconds, and hold up the end.
                    context.EnvironmentVariables.Remove("OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY");
                    if (!HasDashboard(context))
                    {
                        context.EnvironmentVariables.Remove("OTEL_EXPORTER_OTLP_ENDPOINT");
                    }
                })
            );
        }

        // The shop's admin pages link to traces there.
        builder
            .All<ProjectResource>()
            .Single(project => project.Resource.Name == "storefront")
            .WithEnvironment(context =>
            {
                if (HasDashboard(context))
                {
                    context.EnvironmentVariables["Dashboard__Url"] = builder.Configuration["ASPNETCORE_URLS"]!;
                }
            });
    }

    private static bool HasDashboard(EnvironmentCallbackContext context) =>
        !context.ExecutionContext.Services.GetRequiredService<DistributedApplicationOptions>().DisableDashboard;
}
