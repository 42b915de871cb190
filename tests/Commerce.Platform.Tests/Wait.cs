using System.Diagnostics;

namespace Commerce.Platform.Tests;

/// <summary>Waiting for a condition, never for a time.</summary>
internal static class Wait
{
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? timeout = null)
    {
        var limit = timeout ?? Long;
        var waited = Stopwatch.StartNew();
        Exception? last = null;
        while (waited.Elapsed < limit)
        {
            try
            {
                if (await condition())
                    return;
                last = null;
            }
            catch (HttpRequestException exception)
            {
                // A service that a test killed refuses connections until it is back.
                last = exception;
            }
            await Task.Delay(100);
        }
        throw new TimeoutException($"Waited {limit.TotalSeconds:0} s in vain: {what}.", last);
    }
}
