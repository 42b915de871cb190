using Commerce.Contracts.Api;
using Commerce.Messaging.Consumers;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Confluent.Kafka;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Messaging.Status;

internal static class GetMessagingStatus
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);

    public static void Map(IEndpointRouteBuilder endpoints, string policy) =>
        endpoints
            .MapGet("/messaging", HandleAsync)
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

    private static async Task<Ok<MessagingStatus>> HandleAsync(
        NpgsqlDataSource database,
        Publisher publisher,
        IEnumerable<ConsumerRegistration> registrations,
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
                new { publisher.Topic }
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

        var topics = registrations.SelectMany(consumer => consumer.Topics);
        var ends = await EndsAsync(admin, topics, cancellationToken);
        var consumers =
            from consumer in registrations
            from topic in consumer.Topics
            let own = positions.Where(p => p.Consumer == consumer.Name && p.Topic == topic).ToList()
            select Describe(consumer, topic, own, ends);
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
        ConsumerRegistration consumer,
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
            consumer.Name,
            topic,
            Math.Max(known.Count, positions.Count),
            known.Count == 0 ? -1 : lag,
            positions.Sum(p => p.Handled),
            positions.Max(p => p.HandledAt),
            consumer.EventTypes
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
                .WaitAsync(Timeout, cancellationToken);
            return await admin.EndsAsync(partitions, cancellationToken).WaitAsync(Timeout, cancellationToken);
        }
        catch (Exception exception) when (exception is KafkaException or TimeoutException)
        {
            return null;
        }
    }
}
