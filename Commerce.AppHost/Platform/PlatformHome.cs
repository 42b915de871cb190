using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Commerce.ServerProcesses;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.Configuration;

namespace Commerce.AppHost.Platform;

/// <summary>Everything one platform keeps on disk: <c>.commerce/</c> of the checkout, or <c>COMMERCE_HOME</c>.</summary>
internal sealed record PlatformHome(string Path)
{
    public const string Variable = "COMMERCE_HOME";

    /// <summary>Names the folder in the environment of every process of a platform, by which they are found.</summary>
    public const string ProcessMark = "COMMERCE_PLATFORM";

    private static readonly TimeSpan GraceOfTheKilled = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Data of the servers, and files that projects keep; emptied by <c>--fresh</c>.</summary>
    public string Data => In("data");

    /// <summary>Generated passwords and keys, readable by their owner only.</summary>
    public string Secrets => In("secrets");

    /// <summary>What is true only while the platform runs, readable by its owner only.</summary>
    public string Run => In("run");

    /// <summary>There once everything is healthy: process, addresses, the dashboard's key.</summary>
    public string State => System.IO.Path.Combine(Run, "state.json");

    /// <summary>There after a start that failed: the reason.</summary>
    public string Failure => System.IO.Path.Combine(Run, "failure.txt");

    /// <summary>Held by whoever uses the data; has its process id.</summary>
    public string Lock => System.IO.Path.Combine(Run, "lock");

    public static PlatformHome For(IConfiguration configuration, string appHostDirectory) =>
        new(
            System.IO.Path.GetFullPath(
                configuration[Variable] is { Length: > 0 } given
                    ? given
                    : System.IO.Path.Combine(appHostDirectory, "..", ".commerce")
            )
        );

    /// <summary>The secret of that name, made on the first call.</summary>
    public string Secret(string name) => ServerProcesses.Secret.GetOrCreate(Secrets, name);

    /// <summary>Folder of a server's data.</summary>
    public string DataOf(string server) => System.IO.Path.Combine(Data, server);

    /// <summary>Name of a server's volume, where it is a container.</summary>
    public string VolumeOf(string server) =>
        $"commerce-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Path)))[..10]}-{server}";

    /// <summary>Takes the folder for this process, and clears what a killed run left in it.</summary>
    /// <param name="fresh">Empties the data.</param>
    /// <returns>Disposed of, it lets go.</returns>
    /// <exception cref="InvalidOperationException">Another platform uses it.</exception>
    public async Task<IDisposable> TakeAsync(bool fresh, CancellationToken cancellationToken)
    {
        ServerFolder.MakePassable(Path);
        Directory.CreateDirectory(Run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileStream held;
        try
        {
            held = new FileStream(Lock, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken)
        {
            throw new InvalidOperationException(
                $"The platform in {Path} is running already. Stop it: ./commerce stop",
                taken
            );
        }

        try
        {
            await WaitForTheKilledAsync(cancellationToken);
            held.SetLength(0);
            await held.WriteAsync(
                Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture)),
                cancellationToken
            );
            await held.FlushAsync(cancellationToken);
            File.Delete(State);
            File.Delete(Failure);
            foreach (var folder in fresh ? ServerFolder.SubfoldersOf(Data) : [])
            {
                ServerFolder.Remove(folder);
            }

            return held;
        }
        catch
        {
            await held.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// After <c>kill -9</c> of an app host, DCP ends its processes within seconds; until then they would use the same data as
    /// the new ones. What it has not ended by then is killed.
    /// </summary>
    private async Task WaitForTheKilledAsync(CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (ProcessTree.WithEnvironment(ProcessMark, Path) is { Count: > 0 } left)
        {
            if (waited.Elapsed > GraceOfTheKilled)
            {
                foreach (var process in left)
                {
                    Libc.Signal(process, Libc.SigKill);
                }
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
