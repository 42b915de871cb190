using System.Runtime.InteropServices;

namespace Commerce.ServerProcesses.Processes;

/// <summary>The few system calls .NET has no name for. Linux only, like this library.</summary>
public static partial class Libc
{
    public const int SigInt = 2;
    public const int SigQuit = 3;
    public const int SigKill = 9;
    public const int SigTerm = 15;

    public static bool IsRoot => geteuid() == 0;

    /// <summary>Signals one process; a process that is gone already is no error.</summary>
    public static void Signal(int processId, int signal) => _ = kill(processId, signal);

    /// <summary>Signals every process of a group that its leader started with setsid.</summary>
    public static void SignalGroup(int leaderId, int signal) => _ = kill(-leaderId, signal);

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int kill(int pid, int signal);

    [LibraryImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint geteuid();
}
