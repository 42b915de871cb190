using System.Text.Json;
using Commerce.Bench.Processes;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Confluent.Kafka;
using Npgsql;

namespace Commerce.Bench.Events;

internal sealed record PollingRelayOptions(string Database, string Kafka);

/// <summary>
/// What most outboxes do, done well: take a hundred rows that nobody else has taken, publish them, wait for the broker, delete
/// them, commit; at once again while there is work, every 10 ms otherwise. The messages are those of our relay.
/// </summary>
internal sealed class PollingRelay : IRole
{
    public const string Role = "polling-relay";
    private const int Rows = 100;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly NpgsqlDataSource _database;
    private readonly IProducer<byte[], byte[]> _producer;
    private readonly MessageFactory _messages = new(BenchEvent.Source, epoch: 1);
    private readonly Task _polling;

    private PollingRelay(PollingRelayOptions options)
    {
        _database = NpgsqlDataSource.Create(options.Database + ";Max Auto Prepare=10;Auto Prepare Min Usages=1");
        _producer = new ProducerBuilder<byte[], byte[]>(
            new ProducerConfig
            {
                BootstrapServers = options.Kafka,
                EnableIdempotence = true,
                Acks = Acks.All,
                // The batch is known to be whole: there is nothing to wait for.
                LingerMs = 0,
                BatchSize = 1024 * 1024,
            }
        ).Build();
        _polling = RunAsync();
    }

    public string Said => "ready";

    public static async Task<IRole> StartAsync(string json)
    {
        var options = JsonSerializer.Deserialize<PollingRelayOptions>(json)!;
        await using var database = NpgsqlDataSource.Create(options.Database);
        await using var command = database.CreateCommand(
            """
            create table if not exists polling_outbox (
              seq        bigint generated always as identity primary key,
              id         uuid not null,
              subject    uuid not null,
              type       text not null,
              payload    text not null,
              created_at timestamptz not null default clock_timestamp()
            )
            """
        );
        await command.ExecuteNonQueryAsync();
        return new PollingRelay(options);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _polling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _producer.Dispose();
        await _database.DisposeAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        await using var connection = await _database.OpenConnectionAsync(_stop.Token);
        while (!_stop.IsCancellationRequested)
        {
            if (!await PublishSomeAsync(connection))
            {
                await Task.Delay(Pause, _stop.Token);
            }
        }
    }

    /// <returns>Whether there was anything.</returns>
    private async Task<bool> PublishSomeAsync(NpgsqlConnection connection)
    {
        await using var transaction = await connection.BeginTransactionAsync(_stop.Token);
        var rows = await TakeAsync(connection, transaction);
        if (rows.Count == 0)
        {
            return false;
        }

        var acknowledged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var waiting = rows.Count;
        foreach (var (_, row) in rows)
        {
            _producer.Produce(
                BenchEvent.Topic,
                _messages.Create(row, row.CreatedAt),
                report =>
                {
                    if (report.Error.IsError)
                    {
                        acknowledged.TrySetException(new KafkaException(report.Error));
                    }
                    else if (Interlocked.Decrement(ref waiting) == 0)
                    {
                        acknowledged.TrySetResult();
                    }
                }
            );
        }

        await acknowledged.Task;
        await using var delete = new NpgsqlCommand(
            "delete from polling_outbox where seq = any($1)",
            connection,
            transaction
        );
        delete.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. rows.Select(row => row.Sequence)] });
        await delete.ExecuteNonQueryAsync(_stop.Token);
        await transaction.CommitAsync(_stop.Token);
        return true;
    }

    private async Task<List<(long Sequence, OutboxRow Row)>> TakeAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction
    )
    {
        var rows = new List<(long, OutboxRow)>(Rows);
        await using var take = new NpgsqlCommand(
            """
            select seq, id, subject, type, payload, created_at from polling_outbox
            order by seq limit 100 for update skip locked
            """,
            connection,
            transaction
        );
        await using var reader = await take.ExecuteReaderAsync(_stop.Token);
        while (await reader.ReadAsync(_stop.Token))
        {
            var row = new OutboxRow(
                reader.GetGuid(1),
                null,
                reader.GetGuid(2),
                reader.GetString(3),
                reader.GetFieldValue<byte[]>(4),
                null,
                null,
                reader.GetDateTime(5)
            );
            rows.Add((reader.GetInt64(0), row));
        }

        return rows;
    }
}
