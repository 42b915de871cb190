using Confluent.Kafka;

namespace Commerce.Chaos;

/// <summary>Every message that a topic still has, once more and in another order.</summary>
internal static class Redelivery
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    public static readonly string[] Topics =
    [
        Contracts.Topics.Order,
        Contracts.Topics.Catalog,
        Contracts.Topics.Payment,
        Contracts.Topics.Delivery,
        Contracts.Topics.Identity,
    ];

    public static Task RepeatAsync(string broker, string topic, Random random) =>
        Task.Run(() =>
        {
            var messages = ReadAll(broker, topic);
            var shuffled = messages.ToArray();
            random.Shuffle(shuffled);
            using var producer = new ProducerBuilder<byte[], byte[]>(
                new ProducerConfig { BootstrapServers = broker, Acks = Acks.All }
            ).Build();
            foreach (var message in shuffled)
            {
                // To its own partition, as a broker would deliver it again.
                producer.Produce(new TopicPartition(topic, message.Partition), message.Message);
            }

            producer.Flush(Timeout);
        });

    private static List<ConsumeResult<byte[], byte[]>> ReadAll(string broker, string topic)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = broker,
                GroupId = $"chaos-{Guid.NewGuid():N}",
                EnableAutoCommit = false,
                EnablePartitionEof = true,
                AutoOffsetReset = AutoOffsetReset.Earliest,
            }
        ).Build();
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker }).Build();
        var partitions = admin.GetMetadata(topic, Timeout).Topics[0].Partitions;
        consumer.Assign(partitions.Select(p => new TopicPartitionOffset(topic, p.PartitionId, Offset.Beginning)));
        var ended = new HashSet<int>();
        var messages = new List<ConsumeResult<byte[], byte[]>>();
        while (ended.Count < partitions.Count && consumer.Consume(Timeout) is { } result)
        {
            if (result.IsPartitionEOF)
            {
                ended.Add(result.Partition.Value);
            }
            else
            {
                messages.Add(result);
            }
        }

        consumer.Close();
        return messages;
    }
}
