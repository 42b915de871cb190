using System.Diagnostics;

namespace Commerce.Bench.Core;

/// <summary>Every single latency in ms, so that percentiles are exact. Safe for many writers.</summary>
internal sealed class Latencies
{
    private readonly List<double> _all = [];

    public int Count
    {
        get
        {
            lock (_all)
            {
                return _all.Count;
            }
        }
    }

    public void Add(double milliseconds)
    {
        lock (_all)
        {
            _all.Add(milliseconds);
        }
    }

    /// <param name="from">A <see cref="Stopwatch"/> timestamp: when it should have begun, not when it did.</param>
    public void AddSince(long from) => Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);

    /// <param name="fractions">0.5 is the median.</param>
    public double[] Percentiles(params double[] fractions)
    {
        lock (_all)
        {
            if (_all.Count == 0)
            {
                return [.. fractions.Select(_ => double.NaN)];
            }

            _all.Sort();
            return [.. fractions.Select(f => _all[Math.Min(_all.Count - 1, (int)(f * _all.Count))])];
        }
    }
}
