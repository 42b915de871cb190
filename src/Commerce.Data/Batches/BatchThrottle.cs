using System.Diagnostics;

namespace Commerce.Data.Batches;

/// <summary>
/// Lets batches begin some time apart: a transaction costs the same for one row as for twenty, so that under load a moment's
/// wait makes it worth more. What comes when nothing else came for a moment does not wait at all.
/// </summary>
/// <param name="shortest">
/// The interval while batches are quick. When they take long, because the machine is busy, it grows to a multiple of what they
/// take, and eight times this at most: fewer and larger batches are what the machine then needs. Zero: nothing ever waits.
/// </param>
public sealed class BatchThrottle(TimeSpan shortest)
{
    /// <summary>10 ms: shorter than anything that a person notices.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMilliseconds(10);

    // One worker then spends a quarter of the time in transactions, however slow they are.
    private const int TimesAsLong = 4;
    private const int LongestOfShortest = 8;

    private long _begun = long.MinValue;
    private long _ticksTaken;

    /// <summary>How long to gather before the next batch; zero when the last one began long enough ago.</summary>
    public TimeSpan Wait
    {
        get
        {
            var begun = Interlocked.Read(ref _begun);
            var left = begun == long.MinValue ? TimeSpan.Zero : Interval - Stopwatch.GetElapsedTime(begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    private TimeSpan Interval =>
        TimeSpan.FromTicks(
            Math.Clamp(
                Interlocked.Read(ref _ticksTaken) * TimesAsLong,
                shortest.Ticks,
                shortest.Ticks * LongestOfShortest
            )
        );

    /// <summary>A batch begins now.</summary>
    /// <returns>For <see cref="End"/>.</returns>
    public long Begin()
    {
        var now = Stopwatch.GetTimestamp();
        Interlocked.Exchange(ref _begun, now);
        return now;
    }

    /// <summary>The batch that began then has ended.</summary>
    public void End(long begun) => Took(Stopwatch.GetElapsedTime(begun));

    /// <summary>Follows what batches take slowly, so that a single slow one changes little.</summary>
    internal void Took(TimeSpan time)
    {
        var before = Interlocked.Read(ref _ticksTaken);
        Interlocked.Exchange(ref _ticksTaken, before + (time.Ticks - before) / 4);
    }
}
