using System.Diagnostics;
using Commerce.Messaging.Kafka;

namespace Commerce.Bench.Core;

/// <summary>Who used the processor since it was made. A party is a process and everything that it has started.</summary>
internal sealed class CpuWatch
{
    /// <summary>The bench itself: what makes the load and counts what comes of it.</summary>
    public const string Generator = "generator";

    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly List<(string Name, int Process, double Before)> _parties;

    public CpuWatch(params (string Name, int Process)[] parties) =>
        _parties = [
            (Generator, Environment.ProcessId, ProcessTimes.CpuSeconds(Environment.ProcessId)),
            .. parties.Select(party => (party.Name, party.Process, Used(party.Process))),
        ];

    /// <summary>Cores used on average by each party.</summary>
    public IReadOnlyDictionary<string, double> Cores()
    {
        var seconds = Stopwatch.GetElapsedTime(_began).TotalSeconds;
        return _parties.ToDictionary(
            party => party.Name,
            party =>
                (
                    party.Name == Generator
                        ? ProcessTimes.CpuSeconds(party.Process) - party.Before
                        : Used(party.Process) - party.Before
                ) / seconds,
            StringComparer.Ordinal
        );
    }

    /// <summary>A note when the generator took so much of the machine that it was (also) itself that was measured.</summary>
    public static string? Verdict(string run, IReadOnlyDictionary<string, double> cores)
    {
        var all = cores.Values.Sum();
        return cores[Generator] > all / 2
            ? $"{run}: limited by the generator, which used {TextReport.Number(cores[Generator])} of {TextReport.Number(all)} cores."
            : null;
    }

    private static double Used(int root) => ProcessTimes.Tree(root).Sum(ProcessTimes.CpuSeconds);
}
