using Dapper;
using Npgsql;

namespace Commerce.Messaging.Outbox;

/// <summary>
/// A message of the transport itself. It goes the way of every event, through the outbox, so that nothing but the relay
/// publishes and nothing is said that was not committed.
/// </summary>
/// <param name="Subject">The Kafka key.</param>
internal sealed record TransportMessage(Guid Id, string Topic, Guid Subject, string Type)
{
    /// <summary>JSON; either this or <see cref="Raw"/>.</summary>
    public string? Payload { get; init; }

    public byte[]? Raw { get; init; }

    /// <summary>A JSON object; null: none.</summary>
    public string? Headers { get; init; }

    public Task AppendAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction? transaction,
        CancellationToken cancellationToken
    ) =>
        connection.ExecuteAsync(
            new CommandDefinition(
                """
                insert into outbox (id, topic, subject, type, payload, raw, headers)
                values (@Id, @Topic, @Subject, @Type, @Payload, @Raw, @Headers::jsonb)
                """,
                this,
                transaction,
                cancellationToken: cancellationToken
            )
        );
}
