using System.Diagnostics;

namespace Commerce.ServiceDefaults.Telemetry;

/// <summary>
/// Work that belongs to nobody's trace: loops that look whether there is something to do. Without this, every look would be a
/// trace of its own. What they find goes on under the trace of whoever caused it.
/// </summary>
public static class Untraced
{
    /// <summary>W3C traceparent of the span that runs now; null when there is none, also in untraced work.</summary>
    public static string? CurrentTraceParent => Activity.Current is { } current and not Nothing ? current.Id : null;

    /// <summary>
    /// From here on in this method and what it calls nothing is traced but what names its own parent. For the whole of a
    /// <c>BackgroundService.ExecuteAsync</c>: <c>using var untraced = Untraced.Begin();</c>
    /// </summary>
    public static IDisposable Begin()
    {
        // It would inherit that it is recorded.
        Activity.Current = null;
        return new Nothing().Start();
    }

    /// <summary>A parent that is not recorded: samplers leave out what has one.</summary>
    private sealed class Nothing : Activity
    {
        public Nothing()
            : base("untraced") => IsAllDataRequested = false;
    }
}
