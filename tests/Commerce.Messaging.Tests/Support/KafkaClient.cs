using System.Text;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;

namespace Commerce.Messaging.Tests.Support;

/// <summary>A Kafka client of the test's own.</summary>
internal static class KafkaClient
{
    /// <summary>Everything that is in a topic now, markers and all; waits until <paramref name="enough"/>.</summary>
    public static async Task<List<ConsumeResult<byte[], byte[]>>> ReadAsync(
        string kafka,
        string topic,
        Func<List<ConsumeResult<byte[], byte[]>>, bool> enough
    )
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = kafka,
                GroupId = Guid.NewGuid().ToString(),
                EnableAutoCommit = false,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                FetchWaitMaxMs = 5,
            }
        ).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        // Metadata asked by a consumer do not create the topic.
        var partitions = await Eventually.Value(
            () => Task.FromResult(admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions),
            list => list.Count > 0
        );
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        var read = new List<ConsumeResult<byte[], byte[]>>();
        var deadline = TimeSpan.FromSeconds(20);
        var started = TimeProvider.System.GetTimestamp();
        while (!enough(read))
        {
            TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(deadline, $"{read.Count} messages of {topic}");
            if (await Task.Run(() => consumer.Consume(TimeSpan.FromMilliseconds(50))) is { } result)
            {
                read.Add(result);
            }
        }

        return read;
    }

    /// <summary>The sum of the offsets that a group has committed; 0 when it has committed none.</summary>
    public static long Committed(string kafka, string topic, string group)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = kafka, GroupId = group }
        ).Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var partitions = admin.GetMetadata(topic, TimeSpan.FromSeconds(10)).Topics[0].Partitions;
        return consumer
            .Committed(partitions.Select(p => new TopicPartition(topic, p.PartitionId)), TimeSpan.FromSeconds(10))
            .Sum(committed => Math.Max(0, committed.Offset.Value));
    }

    public static string? Header(this ConsumeResult<byte[], byte[]> result, string name) =>
        result.Message.Headers.TryGetLastBytes(name, out var bytes) ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>Publishes a message as it is, as no relay would.</summary>
    public static async Task ProduceAsync(
        string kafka,
        string topic,
        byte[] value,
        params (string Name, string Value)[] headers
    )
    {
        using var producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig { BootstrapServers = kafka, MessageMaxBytes = KafkaAddress.MaxMessageBytes }
        ).Build();
        var message = new Message<byte[], byte[]>
        {
            Key = [1, 2, 3],
            Value = value,
            Headers = [],
        };
        foreach (var (name, text) in headers)
        {
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        }

        await producer.ProduceAsync(topic, message);
    }
}
