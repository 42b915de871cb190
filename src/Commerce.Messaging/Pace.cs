using System.Diagnostics;

namespace Commerce.Messaging;

/// <summary>
/// Lets batches begin at least an interval apart. A transaction costs the same for one row as for twenty, so that under load a
/// moment's wait makes it worth more; what comes when nothing else came for a moment does not wait at all.
/// </summary>
/// <param name="interval">The longest wait that it asks for.</param>
public sealed class Pace(TimeSpan interval)
{
    /// <summary>10 ms: shorter than anything that a person notices.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromMilliseconds(10);

    private long _begun = long.MinValue;

    /// <summary>How long to gather before the next batch; zero when the last one began long enough ago.</summary>
    public TimeSpan Wait
    {
        get
        {
            var begun = Interlocked.Read(ref _begun);
            var left = begun == long.MinValue ? TimeSpan.Zero : interval - Stopwatch.GetElapsedTime(begun);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    /// <summary>A batch begins now.</summary>
    public void Begin() => Interlocked.Exchange(ref _begun, Stopwatch.GetTimestamp());
}
