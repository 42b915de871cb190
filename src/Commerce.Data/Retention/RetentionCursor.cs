using System.Diagnostics;

namespace Commerce.Data.Retention;

/// <summary>
/// Where the next pass over a table goes on: behind what this process removed before, for until vacuum comes by the index still
/// has those entries. Once a day from the start again, for rows that were passed over.
/// </summary>
public sealed class RetentionCursor<T>(T start)
{
    private static readonly TimeSpan FromTheStart = TimeSpan.FromDays(1);
    private readonly T _start = start;
    private T _value = start;
    private long _begun = Stopwatch.GetTimestamp();

    /// <summary>To be asked once, as a pass begins.</summary>
    public T Begin()
    {
        if (Stopwatch.GetElapsedTime(_begun) > FromTheStart)
        {
            (_value, _begun) = (_start, Stopwatch.GetTimestamp());
        }

        return _value;
    }

    public void GoOnAfter(T value) => _value = value;
}
