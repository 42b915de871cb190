using System.Diagnostics;

namespace Commerce.Bench.Core;

/// <summary>
/// Begins work at a steady rate, whether what was begun before has ended or not. Each piece gets the moment at which it was
/// due and measures from there: a slow answer cannot make the following ones look good by delaying them.
/// </summary>
internal static class OpenLoop
{
    /// <param name="work">Number of the piece and the timestamp at which it was due.</param>
    /// <returns>How late the worst piece was begun, in ms: what the generator itself adds.</returns>
    public static async Task<double> RunAsync(double perSecond, TimeSpan duration, Func<int, long, Task> work)
    {
        var begin = Stopwatch.GetTimestamp();
        var total = (int)(perSecond * duration.TotalSeconds);
        var running = new List<Task>(total);
        var worst = 0.0;
        for (var i = 0; i < total; i++)
        {
            var due = begin + (long)(i / perSecond * Stopwatch.Frequency);
            while (Stopwatch.GetTimestamp() < due)
            {
                await Task.Delay(1);
            }

            worst = Math.Max(worst, Stopwatch.GetElapsedTime(due).TotalMilliseconds);
            running.Add(work(i, due));
        }

        await Task.WhenAll(running);
        return worst;
    }
}

/// <summary>So many workers, each of which begins the next piece when its last has ended: finds the most that can be done.</summary>
internal static class ClosedLoop
{
    /// <returns>How many pieces were done, and in how many seconds.</returns>
    public static async Task<(int Done, double Seconds)> RunAsync(
        int workers,
        TimeSpan duration,
        Func<int, int, Task> work
    )
    {
        var begin = Stopwatch.GetTimestamp();
        var number = -1;
        await Task.WhenAll(
            Enumerable
                .Range(0, workers)
                .Select(worker =>
                    Task.Run(async () =>
                    {
                        while (Stopwatch.GetElapsedTime(begin) < duration)
                        {
                            await work(worker, Interlocked.Increment(ref number));
                        }
                    })
                )
        );
        return (number + 1, Stopwatch.GetElapsedTime(begin).TotalSeconds);
    }
}
