using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Commerce.NativeHosting.Engine;
using Commerce.NativeHosting.Publishing;

namespace Aspire.Hosting;

/// <summary>The described application: starts everything, or writes the manifest.</summary>
public sealed class DistributedApplication
{
    private readonly NativeApplicationBuilder _builder;
    private readonly bool _fresh;

    internal DistributedApplication(NativeApplicationBuilder builder, bool fresh)
    {
        _builder = builder;
        _fresh = fresh;
    }

    /// <summary>Begins the description. <c>--fresh</c> removes all data; <c>--publisher manifest --output-path F</c>.</summary>
    public static IDistributedApplicationBuilder CreateBuilder(string[] args) =>
        new NativeApplicationBuilder(args, Assembly.GetEntryAssembly());

    /// <summary>Runs until Ctrl+C, SIGTERM or a shutdown over the control address.</summary>
    public void Run() => RunAsync().GetAwaiter().GetResult();

    /// <summary>
    /// Runs until it is cancelled or asked to stop. A failed start is told on the error stream and by the exit code 1.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken = default)
    {
        if (_builder.ExecutionContext.IsPublishMode)
        {
            Publish();
            return;
        }

        using var engine = new NativeEngine(_builder, _fresh, Console.Out);
        Environment.ExitCode = await engine.RunAsync(cancellationToken);
    }

    private void Publish()
    {
        var publisher = _builder.Configuration["publisher"];
        if (publisher != "manifest")
        {
            throw new NotSupportedException($"Publisher {publisher}: the native engine writes manifests only.");
        }

        var file =
            _builder.Configuration["output-path"]
            ?? throw new InvalidOperationException("--publisher manifest needs --output-path.");
        new ManifestWriter([.. _builder.Resources], _builder.ExecutionContext).Write(file);
    }
}
