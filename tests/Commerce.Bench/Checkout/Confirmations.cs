using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Confluent.Kafka;

namespace Commerce.Bench.Checkout;

/// <summary>Hears from the broker, as any other service would, which orders are confirmed, and notes when.</summary>
internal sealed class Confirmations : IDisposable
{
    private const string Topic = "commerce.order";
    private static readonly byte[] Confirmed = "commerce.order.confirmed.v1"u8.ToArray();
    private readonly ConcurrentDictionary<Guid, long> _at = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly IConsumer<byte[], byte[]> _consumer;
    private readonly Thread _thread;

    private Confirmations(IConsumer<byte[], byte[]> consumer)
    {
        _consumer = consumer;
        _thread = new Thread(Listen) { IsBackground = true };
    }

    public int Count => _at.Count;

    /// <summary>Listens from the present end of the topic on.</summary>
    public static Confirmations Of(string broker)
    {
        var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = broker,
                GroupId = "bench-" + Guid.NewGuid().ToString("N"),
                EnableAutoCommit = false,
                FetchWaitMaxMs = 5,
            }
        ).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var limit = TimeSpan.FromSeconds(10);
        var partitions = admin.GetMetadata(Topic, limit).Topics.Single().Partitions;
        consumer.Assign(
            partitions.Select(partition =>
            {
                var one = new TopicPartition(Topic, partition.PartitionId);
                return new TopicPartitionOffset(one, consumer.QueryWatermarkOffsets(one, limit).High);
            })
        );
        var listening = new Confirmations(consumer);
        listening._thread.Start();
        return listening;
    }

    /// <summary>When the order's confirmation arrived, as a <see cref="Stopwatch"/> timestamp; null if it has not.</summary>
    public long? At(Guid order) => _at.TryGetValue(order, out var at) ? at : null;

    public void Dispose()
    {
        _stop.Cancel();
        _thread.Join();
        _consumer.Dispose();
        _stop.Dispose();
    }

    private void Listen()
    {
        while (!_stop.IsCancellationRequested)
        {
            if (_consumer.Consume(TimeSpan.FromMilliseconds(50)) is not { Message: { Key: not null } message })
            {
                continue;
            }

            var now = Stopwatch.GetTimestamp();
            if (message.Headers.TryGetLastBytes("ce_type", out var type) && type.AsSpan().SequenceEqual(Confirmed))
            {
                _at.TryAdd(Guid.Parse(Encoding.ASCII.GetString(message.Key)), now);
            }
        }
    }
}
