using System.Collections.Concurrent;
using System.Diagnostics;
using Npgsql;

namespace Commerce.Messaging.Tests.Support;

/// <summary>
/// Records the spans of messaging, and of SQL on one service's database, from now on, as an SDK would that samples everything
/// but what has an unsampled parent.
/// </summary>
internal sealed class Spans : IDisposable
{
    private readonly ActivitySource _source = new("test." + Guid.NewGuid());
    private readonly ConcurrentQueue<Activity> _spans = new();
    private readonly ActivityListener _listener;
    private readonly string _database;
    private readonly DateTime _since = DateTime.UtcNow;

    public Spans(TestService service)
    {
        _database = new NpgsqlConnectionStringBuilder(service.Options.Database).Database!;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "Commerce.Messaging" or "Npgsql" || source == _source,
            Sample = Sample,
            ActivityStopped = span =>
            {
                if (span.StartTimeUtc >= _since)
                {
                    _spans.Enqueue(span);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>What the service's database was told, by whomever.</summary>
    public IReadOnlyList<Activity> Sql => [.. _spans.Where(span => span.Source.Name == "Npgsql" && IsOurs(span))];

    /// <summary>Spans of messaging that belong to a topic.</summary>
    public IReadOnlyList<Activity> Of(string topic) =>
        [.. _spans.Where(span => (string?)span.GetTagItem("messaging.destination.name") == topic)];

    /// <summary>What a person did, and then came to an end.</summary>
    public Activity UseCase()
    {
        var before = Activity.Current;
        Activity.Current = null;
        using (var activity = _source.StartActivity("use case")!)
        {
            activity.Stop();
            Activity.Current = before;
            return activity;
        }
    }

    public static string Text(Activity span) => (string?)span.GetTagItem("db.query.text") ?? "";

    public void Dispose()
    {
        _listener.Dispose();
        _source.Dispose();
    }

    private bool IsOurs(Activity span) => span.GetTagItem("db.namespace") as string == _database;

    private static ActivitySamplingResult Sample(ref ActivityCreationOptions<ActivityContext> options) =>
        options.Parent == default || options.Parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded)
            ? ActivitySamplingResult.AllDataAndRecorded
            : ActivitySamplingResult.None;
}
