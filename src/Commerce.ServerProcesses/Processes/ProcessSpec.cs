namespace Commerce.ServerProcesses.Processes;

/// <summary>What to start and how to end it.</summary>
internal sealed record ProcessSpec(string FileName, IReadOnlyList<string> Arguments)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string WorkingDirectory { get; init; } = "/";

    /// <summary>Account to run as when this process is root; null = ours.</summary>
    public string? Account { get; init; }

    /// <summary>Text for stdin, which is closed after it; null = stdin stays open until the process ends.</summary>
    public string? Input { get; init; }

    /// <summary>Signal name for an end without us (see guardian.sh).</summary>
    public string DeathSignal { get; init; } = "KILL";

    /// <summary>File name and arguments as they are executed, under the account asked for.</summary>
    public IEnumerable<string> CommandLine()
    {
        if (Account is not null && Libc.IsRoot)
        {
            foreach (var part in new[] { "setpriv", $"--reuid={Account}", $"--regid={Account}", "--init-groups", "--" })
            {
                yield return part;
            }
        }

        yield return FileName;
        foreach (var argument in Arguments)
        {
            yield return argument;
        }
    }
}
