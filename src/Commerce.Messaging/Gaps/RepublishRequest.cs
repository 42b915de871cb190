using System.Text.Json;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Npgsql;

namespace Commerce.Messaging.Gaps;

/// <summary>On the control topic: <paramref name="Consumer"/> misses events of <paramref name="Topic"/>.</summary>
/// <param name="Since">Publish again what was written from then on; null = everything.</param>
internal sealed record RepublishRequest(string Topic, string Consumer, DateTimeOffset? Since)
{
    public const string Type = "republish-request";

    /// <summary>Puts the request into the outbox: like everything else, it is published by the relay.</summary>
    public async Task AppendAsync(NpgsqlDataSource database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var id = Guid.CreateVersion7();
        await new TransportMessage(id, TopicNames.Control, id, Type)
        {
            Payload = JsonSerializer.Serialize(this, GapJson.Default.RepublishRequest),
        }.AppendAsync(connection, transaction: null, cancellationToken);
    }
}
