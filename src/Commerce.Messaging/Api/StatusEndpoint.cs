using Confluent.Kafka;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Messaging;

internal sealed record MessagingStatus(
    RelayStatus Relay,
    IReadOnlyList<ConsumerStatus> Consumers,
    long DeadLetters,
    long Retrying
);

/// <param name="State">Of this replica's relay: <c>streaming standby connecting stopped</c>. The rest is of the service.</param>
internal sealed record RelayStatus(
    string State,
    string Slot,
    long LagBytes,
    long InFlight,
    long Published,
    DateTimeOffset? LastPublishedAt,
    long Epoch,
    long SlotBytes
);

/// <param name="Lag">In messages over all partitions of the topic; −1 when the broker does not say.</param>
internal sealed record ConsumerStatus(
    string Name,
    string Topic,
    int Partitions,
    long Lag,
    long Handled,
    DateTimeOffset? LastHandledAt
);

internal static class StatusEndpoint
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapGet("/messaging", GetAsync)
            .RequireAuthorization(policy)
            .WithTags("Messaging")
            .WithSummary("The outbox relay, the consumers and their lag.");

    private sealed record RelayRow(long Epoch, long Published, DateTimeOffset? PublishedAt);

    private sealed record PartitionRow(
        string Consumer,
        string Topic,
        int Partition,
        long NextOffset,
        long Handled,
        DateTimeOffset? HandledAt
    );

    private static async Task<Ok<MessagingStatus>> GetAsync(
        NpgsqlDataSource database,
        MessagingBuilder messaging,
        KafkaAdmin admin,
        ReplicationSlot slot,
        RelayState relay,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row =
            await connection.QuerySingleOrDefaultAsync<RelayRow>(
                "select epoch, published, published_at from relay where topic = @Topic",
                new { messaging.Topic }
            ) ?? new RelayRow(1, 0, null);
        var positions = (
            await connection.QueryAsync<PartitionRow>(
                "select consumer, topic, partition, next_offset, handled, handled_at from consumer_offset"
            )
        ).ToList();
        var letters = await connection.ExecuteScalarAsync<long>(
            "select count(*) from dead_letters where redriven_at is null and discarded_at is null"
        );
        var retrying = await connection.ExecuteScalarAsync<long>("select count(*) from retries");

        var topics = messaging.Consumers.SelectMany(consumer => consumer.Topics);
        var ends = await EndsAsync(admin, topics, cancellationToken);
        var consumers =
            from consumer in messaging.Consumers
            from topic in consumer.Topics
            let own = positions.Where(p => p.Consumer == consumer.Name && p.Topic == topic).ToList()
            select Describe(consumer.Name, topic, own, ends);
        return TypedResults.Ok(
            new MessagingStatus(
                new RelayStatus(
                    relay.State,
                    slot.Name,
                    await slot.LagBytesAsync(cancellationToken),
                    relay.InFlight,
                    row.Published,
                    row.PublishedAt,
                    row.Epoch,
                    await slot.SizeBytesAsync(cancellationToken)
                ),
                [.. consumers],
                letters,
                retrying
            )
        );
    }

    private static ConsumerStatus Describe(
        string name,
        string topic,
        List<PartitionRow> positions,
        IReadOnlyDictionary<TopicPartition, long>? ends
    )
    {
        var known = ends?.Where(end => end.Key.Topic == topic).ToList() ?? [];
        var lag = known.Sum(end =>
            Math.Max(0, end.Value - (positions.Find(p => p.Partition == end.Key.Partition.Value)?.NextOffset ?? 0))
        );
        return new ConsumerStatus(
            name,
            topic,
            Math.Max(known.Count, positions.Count),
            known.Count == 0 ? -1 : lag,
            positions.Sum(p => p.Handled),
            positions.Max(p => p.HandledAt)
        );
    }

    private static async Task<IReadOnlyDictionary<TopicPartition, long>?> EndsAsync(
        KafkaAdmin admin,
        IEnumerable<string> topics,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var partitions = await admin
                .PartitionsAsync(topics, cancellationToken)
                .WaitAsync(Patience, cancellationToken);
            return await admin.EndsAsync(partitions, cancellationToken).WaitAsync(Patience, cancellationToken);
        }
        catch (Exception exception) when (exception is KafkaException or TimeoutException)
        {
            return null;
        }
    }
}
