using System.Diagnostics;
using System.Globalization;
using Commerce.ServerProcesses;

namespace Commerce.Testing;

/// <summary>
/// A server that takes connections and bytes and answers nothing, as one whose disk or memory hangs: stopped (SIGSTOP) until
/// disposed.
/// </summary>
public sealed class Frozen : IDisposable
{
    private readonly int _process;

    public Frozen(ServerProcess server)
    {
        _process = server.ProcessId;
        Signal("STOP");
    }

    public void Dispose() => Signal("CONT");

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        if (kill.ExitCode != 0)
        {
            throw new InvalidOperationException($"Process {_process} did not take SIG{name}");
        }
    }
}
