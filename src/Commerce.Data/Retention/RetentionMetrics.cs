using System.Diagnostics.Metrics;

namespace Commerce.Data.Retention;

/// <summary>Meter <c>Commerce.Data</c>.</summary>
internal sealed class RetentionMetrics : IDisposable
{
    private readonly Meter _meter;

    public RetentionMetrics(IMeterFactory factory)
    {
        _meter = factory.Create("Commerce.Data");
        Removed = _meter.CreateCounter<long>(
            "commerce.data.retention.removed",
            "{row}",
            "Rows removed because they were past their retention, per table"
        );
    }

    public Counter<long> Removed { get; }

    public void Dispose() => _meter.Dispose();
}
