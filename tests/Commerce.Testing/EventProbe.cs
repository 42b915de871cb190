using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Commerce.Contracts;
using Confluent.Kafka;
using Xunit.Sdk;

namespace Commerce.Testing;

/// <summary>A CloudEvent that was seen on a topic, in binary mode.</summary>
public sealed record SeenEvent(
    string Topic,
    string Key,
    Guid Id,
    string Type,
    Guid Subject,
    string Json,
    IReadOnlyDictionary<string, string> Headers
)
{
    /// <summary>The event record.</summary>
    public T Data<T>() => (T)JsonSerializer.Deserialize(Json, typeof(T), ContractsJson.Default)!;
}

/// <summary>A Kafka client of the test's own: publishes events as another service would, and sees everything published.</summary>
public sealed class EventProbe : IAsyncDisposable
{
    private static readonly string[] All =
    [
        Topics.Order,
        Topics.Catalog,
        Topics.Payment,
        Topics.Delivery,
        Topics.Identity,
    ];

    private readonly ConcurrentQueue<SeenEvent> _seen = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IProducer<string, byte[]> _producer;
    private readonly Task _reading;

    private EventProbe(string bootstrapServers)
    {
        _producer = new ProducerBuilder<string, byte[]>(
            new ProducerConfig { BootstrapServers = bootstrapServers, LingerMs = 1 }
        ).Build();
        _reading = Task.Factory.StartNew(
            () => Read(bootstrapServers),
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default
        );
    }

    /// <summary>Everything seen so far, from the beginning of every topic.</summary>
    public IReadOnlyList<SeenEvent> Seen => [.. _seen];

    public static EventProbe Start(string bootstrapServers) => new(bootstrapServers);

    /// <summary>Publishes <paramref name="payload"/> to the topic of the service that owns it; returns its <c>ce_id</c>.</summary>
    /// <param name="id">Given, to publish the same event twice.</param>
    public async Task<Guid> PublishAsync(
        string topic,
        Guid subject,
        object payload,
        Guid? id = null,
        string? traceParent = null,
        string? type = null,
        DateTimeOffset? at = null
    )
    {
        var eventId = id ?? Guid.CreateVersion7();
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        Add("ce_specversion", "1.0");
        Add("ce_id", eventId.ToString());
        Add("ce_source", "/" + topic.Replace('.', '/'));
        Add("ce_type", type ?? EventTypes.Names[payload.GetType()]);
        Add("ce_time", (at ?? DateTimeOffset.UtcNow).ToString("O", CultureInfo.InvariantCulture));
        Add("ce_subject", subject.ToString());
        Add("content-type", "application/json");
        Add("epoch", "1");
        if (traceParent is not null)
        {
            Add("traceparent", traceParent);
        }

        await _producer.ProduceAsync(
            topic,
            new Message<string, byte[]>
            {
                Key = subject.ToString(),
                Value = JsonSerializer.SerializeToUtf8Bytes(payload, payload.GetType(), ContractsJson.Default),
                Headers = headers,
            }
        );
        return eventId;
    }

    /// <summary>The first <typeparamref name="T"/> about <paramref name="subject"/>, waiting up to 20 s for it.</summary>
    public async Task<T> WaitForAsync<T>(Guid subject, Func<T, bool>? where = null, TimeSpan? timeout = null)
    {
        try
        {
            var found = await Eventually.Value(
                () => Task.FromResult(Of<T>(subject).Where(e => where?.Invoke(e) ?? true).Take(1).ToList()),
                list => list.Count > 0,
                timeout
            );
            return found[0];
        }
        catch (XunitException e)
        {
            var types = _seen.Where(e => e.Subject == subject).Select(e => e.Type);
            throw new XunitException(
                $"No {typeof(T).Name} about {subject} came. Seen about it: {string.Join(", ", types)}; {_seen.Count} events in all.",
                e
            );
        }
    }

    /// <summary>Every <typeparamref name="T"/> about <paramref name="subject"/> seen so far.</summary>
    public IReadOnlyList<T> Of<T>(Guid subject) =>
        [.. _seen.Where(e => e.Subject == subject && e.Type == EventTypes.Names[typeof(T)]).Select(e => e.Data<T>())];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading;
        _producer.Dispose();
        _stop.Dispose();
    }

    /// <summary>Reads partitions by hand, without a group: nothing to rebalance, nothing to wait for.</summary>
    private void Read(string bootstrapServers)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = $"probe-{Guid.NewGuid():N}",
                EnableAutoCommit = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                FetchWaitMaxMs = 5,
            }
        ).SetErrorHandler((_, _) => { }).Build();
        consumer.Assign(Partitions(consumer.Handle));
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (consumer.Consume(TimeSpan.FromMilliseconds(50)) is { Message: { } message } result)
                {
                    _seen.Enqueue(Parse(result.Topic, message));
                }
            }
            catch (ConsumeException)
            {
                // The broker is away or has lost the offset; it comes back.
            }
        }

        consumer.Close();
    }

    private static List<TopicPartitionOffset> Partitions(Handle handle)
    {
        using var admin = new DependentAdminClientBuilder(handle).Build();
        return
        [
            .. All.SelectMany(topic => admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics)
                .SelectMany(topic =>
                    topic.Partitions.Select(p => new TopicPartitionOffset(topic.Topic, p.PartitionId, Offset.Beginning))
                ),
        ];
    }

    private static SeenEvent Parse(string topic, Message<string, byte[]> message)
    {
        var headers = message
            .Headers.GroupBy(h => h.Key, StringComparer.Ordinal)
            .ToDictionary(h => h.Key, h => Encoding.UTF8.GetString(h.Last().GetValueBytes()), StringComparer.Ordinal);
        return new SeenEvent(
            topic,
            message.Key,
            Guid.TryParse(headers.GetValueOrDefault("ce_id"), out var id) ? id : Guid.Empty,
            headers.GetValueOrDefault("ce_type", ""),
            Guid.TryParse(headers.GetValueOrDefault("ce_subject"), out var subject) ? subject : Guid.Empty,
            message.Value is null ? "" : Encoding.UTF8.GetString(message.Value),
            headers
        );
    }
}
