using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Commerce.Messaging.Diagnostics;

/// <summary>The instruments and the activity source; both are named <c>Commerce.Messaging</c>.</summary>
internal sealed class MessagingMetrics : IDisposable
{
    public const string Name = "Commerce.Messaging";
    public static readonly ActivitySource Activities = new(Name);

    private readonly Meter _meter;

    public MessagingMetrics(IMeterFactory factory)
    {
        _meter = factory.Create(Name);
        Published = _meter.CreateCounter<long>(
            "commerce.messaging.published",
            "{event}",
            "Events acknowledged by the broker"
        );
        Republished = _meter.CreateCounter<long>("commerce.messaging.republished", "{event}", "Events published again");
        Handled = _meter.CreateCounter<long>("commerce.messaging.handled", "{event}", "Events handled and committed");
        Duplicates = _meter.CreateCounter<long>(
            "commerce.messaging.duplicates",
            "{event}",
            "Events that the inbox knew already"
        );
        Retries = _meter.CreateCounter<long>(
            "commerce.messaging.retries",
            "{event}",
            "Failed tries that are followed by another"
        );
        DeadLetters = _meter.CreateCounter<long>("commerce.messaging.dead_letters", "{event}", "Events given up");
        Gaps = _meter.CreateCounter<long>("commerce.messaging.holes", "{hole}", "Places where events were missing");
        ExpiredGaps = _meter.CreateCounter<long>(
            "commerce.messaging.holes.expired",
            "{request}",
            "Requests to publish again what is past the outbox's retention: events are lost to a consumer"
        );
        BatchSize = _meter.CreateHistogram<int>("commerce.messaging.batch.size", "{event}", "Events per transaction");
        Duration = _meter.CreateHistogram<double>(
            "commerce.messaging.handling.duration",
            "s",
            "A batch, from begin to commit"
        );
        Latency = _meter.CreateHistogram<double>(
            "commerce.messaging.latency",
            "s",
            "From the publisher's commit to the handler's"
        );
    }

    public Counter<long> Published { get; }
    public Counter<long> Republished { get; }
    public Counter<long> Handled { get; }
    public Counter<long> Duplicates { get; }
    public Counter<long> Retries { get; }
    public Counter<long> DeadLetters { get; }
    public Counter<long> Gaps { get; }
    public Counter<long> ExpiredGaps { get; }
    public Histogram<int> BatchSize { get; }
    public Histogram<double> Duration { get; }
    public Histogram<double> Latency { get; }

    /// <summary>Shows the relay's figures: WAL in bytes that its slot holds back, and messages not acknowledged yet.</summary>
    public void ObserveRelay(Func<long> lagBytes, Func<long> inFlight)
    {
        _meter.CreateObservableGauge("commerce.messaging.relay.lag", lagBytes, "By", "WAL held back by the slot");
        _meter.CreateObservableGauge(
            "commerce.messaging.relay.in_flight",
            inFlight,
            "{message}",
            "Not acknowledged yet"
        );
    }

    /// <summary>Shows how far consumers are behind, in messages, and for how long they have been held up, in seconds.</summary>
    public void ObserveConsumers(
        Func<IEnumerable<Measurement<long>>> lags,
        Func<IEnumerable<Measurement<double>>> heldUp
    )
    {
        _meter.CreateObservableGauge("commerce.messaging.consumer.lag", lags, "{message}", "Not handled yet");
        _meter.CreateObservableGauge(
            "commerce.messaging.consumer.held_up",
            heldUp,
            "s",
            "Since the first of the errors that keep a consumer from any progress"
        );
    }

    public void Dispose() => _meter.Dispose();
}
