using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses;

/// <summary>Where a server's data live, and that its account can reach them.</summary>
public static class ServerFolder
{
    private const UnixFileMode Passable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    /// <summary>A folder under the temporary one that goes with this process.</summary>
    public static string CreateTemporary(string prefix)
    {
        var folder = Directory.CreateTempSubdirectory(prefix).FullName;
        File.SetUnixFileMode(folder, Passable);
        OrphanReaper.Shared.RemoveAtEnd(folder);
        return folder;
    }

    /// <summary>
    /// Creates the folder for an account of its own. A checkout below a closed home (/root) cannot be reached by that
    /// account; then the data live under /var/lib/commerce and the folder is a link to them.
    /// </summary>
    public static async Task CreateForAsync(string folder, string? account, CancellationToken cancellationToken)
    {
        var parent = Path.GetDirectoryName(folder) ?? "/";
        if (!Directory.Exists(parent))
        {
            Directory.CreateDirectory(parent, Passable);
        }

        if (account is null || !Libc.IsRoot)
        {
            Directory.CreateDirectory(
                folder,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );
            return;
        }

        var target = Resolve(folder);
        if (!Path.Exists(folder) && !await CanReachAsync(parent, account, cancellationToken))
        {
            target = $"/var/lib/commerce/{Guid.NewGuid():N}";
            Directory.CreateDirectory("/var/lib/commerce", Passable);
            Directory.CreateSymbolicLink(folder, target);
        }

        var install = new ProcessSpec("install", ["-d", "-m", "700", "-o", account, "-g", account, target]);
        await ChildProcess.RunAsync(install, cancellationToken);
    }

    /// <summary>Lets other accounts pass through the folder, without letting them look into it.</summary>
    public static void MakePassable(string folder)
    {
        Directory.CreateDirectory(folder, Passable);
        File.SetUnixFileMode(
            folder,
            File.GetUnixFileMode(folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute
        );
    }

    /// <summary>Folders and links to folders in a folder; none when it is absent.</summary>
    public static IEnumerable<string> SubfoldersOf(string folder) =>
        Directory.Exists(folder)
            ? Directory.GetFileSystemEntries(folder).Where(entry => Resolve(entry) != entry || Directory.Exists(entry))
            : [];

    /// <summary>Removes the folder, and what it points at when it is a link. Absent is fine.</summary>
    public static void Remove(string folder)
    {
        var target = Resolve(folder);
        if (Directory.Exists(target))
        {
            Directory.Delete(target, recursive: true);
        }

        if (target != folder)
        {
            File.Delete(folder);
        }
    }

    /// <summary>The folder itself when the given one is a link to it.</summary>
    public static string Resolve(string folder) => new FileInfo(folder).LinkTarget ?? folder;

    private static async Task<bool> CanReachAsync(string folder, string account, CancellationToken cancellationToken)
    {
        try
        {
            await ChildProcess.RunAsync(
                new ProcessSpec("test", ["-x", folder]) { Account = account },
                cancellationToken
            );
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
