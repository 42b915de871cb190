using System.Diagnostics;

namespace Commerce.AppHost.Platform;

/// <summary>The containers of one platform, and the volumes that keep their data.</summary>
/// <param name="program">Of the engine: <c>docker</c>, <c>podman</c>.</param>
/// <param name="home">Folder of the platform, by which its containers are known.</param>
internal sealed class ServerContainers(string program, string home, IReadOnlyList<string> volumes)
{
    private const string Label = "commerce.platform";
    private static readonly TimeSpan GraceOfTheKilled = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>What the engine is told at each start, so that it knows them again.</summary>
    public IReadOnlyList<string> Arguments => ["--label", $"{Label}={home}"];

    /// <summary>
    /// After <c>kill -9</c> of an app host, DCP ends its containers within seconds; until then they would use the same volumes as
    /// the new ones. What it has not removed by then is removed here.
    /// </summary>
    /// <param name="fresh">Removes the volumes too.</param>
    public async Task TakeVolumesAsync(bool fresh, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (await ListAsync(cancellationToken) is { Count: > 0 } left)
        {
            if (waited.Elapsed > GraceOfTheKilled)
            {
                await RunAsync(["rm", "--force", .. left], cancellationToken);
            }

            await Task.Delay(Pause, cancellationToken);
        }

        if (fresh && volumes.Count > 0)
        {
            await RunAsync(["volume", "rm", "--force", .. volumes], cancellationToken);
        }
    }

    /// <summary>SIGKILL.</summary>
    public Task KillAsync(string container, CancellationToken cancellationToken) =>
        RunAsync(["kill", container], cancellationToken);

    /// <summary>Their ids, ended ones too.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken cancellationToken) =>
        (await RunAsync(["ps", "--all", "--quiet", "--filter", $"label={Label}={home}"], cancellationToken)).Split(
            '\n',
            StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
        );

    private Task<string> RunAsync(IEnumerable<string> arguments, CancellationToken cancellationToken) =>
        ContainerEngine.RunAsync(program, arguments, cancellationToken);
}
