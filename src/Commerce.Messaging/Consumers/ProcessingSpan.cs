using System.Diagnostics;
using System.Globalization;
using Commerce.Messaging.Diagnostics;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// The span under which a batch is processed, by OpenTelemetry's conventions for messaging. An event that comes alone is
/// processed under the trace that published it. The SQL of several belongs to all of them: it runs under a span of the batch,
/// which links to them.
/// </summary>
/// <remarks>
/// Begin it in the method that also commits. A span that a called method begins is gone when that method returns, and
/// whatever is left to be written would be traced as nobody's.
/// </remarks>
internal sealed class ProcessingSpan : IDisposable
{
    // More than any tool shows.
    private const int MostLinks = 128;

    private readonly Activity? _before = Activity.Current;
    private readonly ConsumerRegistration _consumer;
    private readonly Activity? _span;
    private readonly bool _isOfBatch;

    /// <param name="events">What there may be to handle; some may turn out to be handled already. None: there is no span.</param>
    public ProcessingSpan(ConsumerRegistration consumer, IReadOnlyList<EventOrigin> events)
    {
        _consumer = consumer;
        _isOfBatch = events.Count > 1;
        if (events.Count > 0 && MessagingMetrics.Activities.HasListeners())
        {
            _span = _isOfBatch ? StartBatch(events) : StartEvent(events[0], Caller());
        }
    }

    /// <summary>The spans of the events that are handled now.</summary>
    public HandlerActivities Of(IReadOnlyList<EventOrigin> events)
    {
        var spans = new Activity?[events.Count];
        if (_isOfBatch && _span is not null)
        {
            var current = Activity.Current;
            for (var i = 0; i < spans.Length; i++)
            {
                spans[i] = StartEvent(events[i], [new ActivityLink(_span.Context)]);
                Activity.Current = current;
            }
        }

        return new HandlerActivities(this, events, spans);
    }

    /// <summary>Under what the consequences of a single event go on.</summary>
    public string? TraceParent => _isOfBatch ? null : _span?.Id;

    /// <summary>For the last try: what a later one makes good has not failed.</summary>
    public void Fail(Exception exception) => Fail(_span, exception);

    internal static void Fail(Activity? span, Exception exception)
    {
        span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
        span?.SetTag("error.type", exception.GetType().FullName);
    }

    public void Dispose()
    {
        _span?.Dispose();
        Activity.Current = _before;
    }

    private Activity? StartBatch(IReadOnlyList<EventOrigin> events)
    {
        var links = new List<ActivityLink>(Math.Min(events.Count, MostLinks));
        foreach (var origin in events)
        {
            if (links.Count < MostLinks && Parent(origin) is { } context)
            {
                links.Add(new ActivityLink(context));
            }
        }

        var topic = events.All(origin => origin.Topic == events[0].Topic) ? events[0].Topic : null;
        var span = Start(topic, default, links);
        span?.SetTag("messaging.batch.message_count", events.Count);
        return span;
    }

    private Activity? StartEvent(EventOrigin origin, IEnumerable<ActivityLink>? links)
    {
        // Without a readable parent the event begins a trace of its own.
        var span = Start(origin.Topic, Parent(origin) ?? default, links);
        if (span is { IsAllDataRequested: true })
        {
            span.SetTag("messaging.destination.partition.id", origin.Partition.ToString(CultureInfo.InvariantCulture));
            span.SetTag("messaging.kafka.offset", origin.Offset);
            span.SetTag("messaging.message.id", origin.Envelope.Id.ToString());
            span.SetTag("cloudevents.event_type", origin.Envelope.Type);
            span.SetTag("commerce.subject", origin.Envelope.Subject.ToString());
        }

        return span;
    }

    private Activity? Start(string? topic, ActivityContext parent, IEnumerable<ActivityLink>? links)
    {
        var before = Activity.Current;
        // Without a parent it would become a child of whatever runs.
        Activity.Current = null;
        var span = MessagingMetrics.Activities.StartActivity(
            topic is null ? "process" : "process " + topic,
            ActivityKind.Consumer,
            parent,
            links: links
        );
        if (span is null)
        {
            Activity.Current = before;
            return null;
        }

        span.SetTag("messaging.system", "kafka");
        span.SetTag("messaging.operation.name", "process");
        span.SetTag("messaging.operation.type", "process");
        span.SetTag("messaging.destination.name", topic);
        span.SetTag("messaging.consumer.group.name", _consumer.Name);
        return span;
    }

    /// <summary>The request of whoever sends a dead letter again.</summary>
    private static ActivityLink[]? Caller() =>
        Activity.Current is { Recorded: true } caller ? [new ActivityLink(caller.Context)] : null;

    private static ActivityContext? Parent(EventOrigin origin) =>
        ActivityContext.TryParse(origin.Envelope.TraceParent, null, isRemote: true, out var parent) ? parent : null;
}
