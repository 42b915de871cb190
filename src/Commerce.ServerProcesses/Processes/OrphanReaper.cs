using System.Diagnostics;

namespace Commerce.ServerProcesses.Processes;

/// <summary>
/// A shell in a session of its own that holds the read end of a pipe from this process. When the pipe closes, by a
/// clean end or by <c>kill -9</c>, it ends every process that is still registered. PR_SET_PDEATHSIG would do the same
/// in one call, but it fires when the forking <em>thread</em> ends, and .NET forks on pool threads.
/// </summary>
internal sealed class OrphanReaper
{
    /// <summary>The environment variable that marks every process this process starts.</summary>
    public const string MarkVariable = "COMMERCE_GUARDED_BY";

    private const string Title = "commerce-guardian";
    private static readonly Lazy<OrphanReaper> Instance = new(() => new OrphanReaper());

    private readonly Lock _gate = new();
    private readonly StreamWriter _line;

    private OrphanReaper()
    {
        Mark = Guid.NewGuid().ToString("N");
        using var reader = new StreamReader(
            typeof(OrphanReaper).Assembly.GetManifestResourceStream("guardian.sh")
                ?? throw new InvalidOperationException("guardian.sh is not embedded.")
        );
        var start = new ProcessStartInfo("setsid")
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            // Inherited, these would keep the pipe of whoever waits for our output open after our death.
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        foreach (var argument in new[] { "/bin/sh", "-c", reader.ReadToEnd(), Title, Mark })
        {
            start.ArgumentList.Add(argument);
        }

        // A test host or an outer owner may have marked us: that mark must not reach the guardian, which has to
        // survive the outer one's clean-up for as long as its own takes.
        start.Environment.Remove(MarkVariable);
        var shell = Process.Start(start) ?? throw new InvalidOperationException("The guardian shell did not start.");
        ProcessId = shell.Id;
        _line = shell.StandardInput;
        _line.AutoFlush = true;
    }

    /// <summary>One per process; started with the first child.</summary>
    public static OrphanReaper Shared => Instance.Value;

    /// <summary>Value of <see cref="MarkVariable"/> in every child's environment.</summary>
    public string Mark { get; }

    public int ProcessId { get; }

    public void Watch(int processId, string deathSignal) => Write($"+{processId} {deathSignal}");

    public void Forget(int processId) => Write($"-{processId}");

    /// <summary>Has the folder removed at the end, also when this process is killed.</summary>
    public void RemoveAtEnd(string folder) => Write($"d {folder}");

    private void Write(string line)
    {
        lock (_gate)
        {
            _line.WriteLine(line);
        }
    }
}
