using System.Globalization;
using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses;

/// <summary>A cluster's folder: made by initdb, cleared of what a killed run left.</summary>
internal static class PostgresCluster
{
    /// <summary>Account that owns the folder and runs the server when we are root.</summary>
    public const string Account = "postgres";

    public static async Task EnsureAsync(
        string binaries,
        string dataDirectory,
        string password,
        bool durable,
        CancellationToken cancellationToken
    )
    {
        if (File.Exists(Path.Combine(dataDirectory, "PG_VERSION")))
        {
            return;
        }

        await ServerFolder.CreateForAsync(dataDirectory, Account, cancellationToken);
        var folder = ServerFolder.Resolve(dataDirectory);
        // PG_VERSION is written early by initdb. Working in a folder beside and renaming makes a broken-off initdb harmless.
        var work = folder + ".new";
        if (Directory.Exists(work))
        {
            Directory.Delete(work, recursive: true);
        }

        await ServerFolder.CreateForAsync(work, Account, cancellationToken);
        var arguments = new List<string>
        {
            "-D",
            work,
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "--auth-host=scram-sha-256",
            "--auth-local=scram-sha-256",
            "--pwfile=" + Path.Combine(work + ".pw"),
        };
        if (!durable)
        {
            arguments.Add("--no-sync");
        }

        await WritePasswordAsync(work + ".pw", password, cancellationToken);
        try
        {
            var initdb = new ProcessSpec(Path.Combine(binaries, "initdb"), arguments) { Account = Account };
            await ChildProcess.RunAsync(initdb, cancellationToken);
        }
        finally
        {
            File.Delete(work + ".pw");
        }

        Directory.Delete(folder);
        Directory.Move(work, folder);
    }

    /// <summary>
    /// Ends a server that an earlier run left on this folder and removes a lock whose process is gone: its number may
    /// belong to somebody else by now, and PostgreSQL would refuse to start.
    /// </summary>
    public static async Task ClearStaleLockAsync(string folder, CancellationToken cancellationToken)
    {
        var lockFile = Path.Combine(folder, "postmaster.pid");
        if (!File.Exists(lockFile))
        {
            return;
        }

        var first = (await File.ReadAllLinesAsync(lockFile, cancellationToken)).FirstOrDefault();
        if (
            int.TryParse(first, CultureInfo.InvariantCulture, out var processId)
            && ProcessTree.CommandLineOf(processId).Contains(folder, StringComparison.Ordinal)
        )
        {
            Libc.Signal(processId, Libc.SigQuit);
            for (var tries = 0; ProcessTree.Exists(processId) && tries < 100; tries++)
            {
                await Task.Delay(50, cancellationToken);
            }

            Libc.Signal(processId, Libc.SigKill);
        }

        File.Delete(lockFile);
    }

    private static async Task WritePasswordAsync(string file, string password, CancellationToken cancellationToken)
    {
        Secret.Write(file, password);
        if (Libc.IsRoot)
        {
            await ChildProcess.RunAsync(new ProcessSpec("chown", [Account, file]), cancellationToken);
        }
    }
}
