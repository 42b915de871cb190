using System.Diagnostics;

namespace Commerce.Messaging.Consumers;

/// <summary>One span per event of a batch, child of the span that published it; the batch's own when there is one event.</summary>
internal sealed class HandlerActivities(ProcessingSpan batch, IReadOnlyList<EventOrigin> events, Activity?[] spans)
    : IDisposable
{
    /// <summary>Under what the consequences of the event go on.</summary>
    public string? TraceParent(int index) =>
        spans[index]?.Id ?? batch.TraceParent ?? events[index].Envelope.TraceParent;

    public void Fail(Exception exception)
    {
        foreach (var span in spans)
        {
            ProcessingSpan.Fail(span, exception);
        }
    }

    public void Dispose()
    {
        // Ending a span makes the one current that was so at its begin.
        var current = Activity.Current;
        foreach (var span in spans)
        {
            span?.Dispose();
        }

        Activity.Current = current;
    }
}
