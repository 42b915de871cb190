using Commerce.Messaging.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Commerce.Bench.Events;

/// <summary>Where a service would put its events.</summary>
internal interface IEventSink : IAsyncDisposable
{
    /// <summary>Events with consecutive numbers in one transaction, if the sink has transactions.</summary>
    Task WriteAsync(int first, int count, Stamps stamps);
}

/// <summary>The platform's own way: rows by <see cref="IOutbox"/> in a transaction.</summary>
internal sealed class OutboxSink(EventServers.Stage stage) : IEventSink
{
    private readonly IHost _host = EventService.Build(
        new EventServiceOptions(stage.Database, stage.Kafka, Consumes: false)
    );

    public async Task WriteAsync(int first, int count, Stamps stamps)
    {
        await using var connection = await _host.Services.GetRequiredService<NpgsqlDataSource>().OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await _host
            .Services.GetRequiredService<IOutbox>()
            .AppendAsync(
                transaction,
                [
                    .. Enumerable
                        .Range(first, count)
                        .Select(number => new OutgoingEvent(Guid.NewGuid(), BenchEvent.Of(number))),
                ]
            );
        stamps.Commit(first, count);
        await transaction.CommitAsync();
        stamps.Committed(first);
    }

    public ValueTask DisposeAsync()
    {
        _host.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>The same rows into the table that <see cref="PollingRelay"/> asks.</summary>
internal sealed class PollingSink(EventServers.Stage stage) : IEventSink
{
    private readonly NpgsqlDataSource _database = NpgsqlDataSource.Create(
        stage.Database + ";Maximum Pool Size=20;Max Auto Prepare=50"
    );

    public async Task WriteAsync(int first, int count, Stamps stamps)
    {
        await using var connection = await _database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = new NpgsqlCommand(
            "insert into polling_outbox (id, subject, type, payload) select * from unnest($1, $2, $3, $4)",
            connection,
            transaction
        );
        var numbers = Enumerable.Range(first, count).ToArray();
        var parameters = command.Parameters;
        parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. numbers.Select(_ => Guid.CreateVersion7())] });
        parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. numbers.Select(_ => Guid.NewGuid())] });
        parameters.Add(new NpgsqlParameter<string[]> { TypedValue = [.. numbers.Select(_ => BenchEvent.Type)] });
        parameters.Add(
            new NpgsqlParameter<string[]>
            {
                TypedValue =
                [
                    .. numbers.Select(number =>
                        System.Text.Json.JsonSerializer.Serialize(BenchEvent.Of(number), BenchJson.Default.BenchEvent)
                    ),
                ],
            }
        );
        await command.ExecuteNonQueryAsync();
        stamps.Commit(first, count);
        await transaction.CommitAsync();
        stamps.Committed(first);
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();
}

/// <summary>No database: straight to the broker, which is the most that its clients can do.</summary>
/// <param name="bare">Payload and number only, instead of the message that the relay makes.</param>
internal sealed class RawSink(EventServers.Stage stage, bool bare) : IEventSink
{
    private readonly IProducer<byte[], byte[]> _producer = new ProducerBuilder<byte[], byte[]>(
        new ProducerConfig
        {
            BootstrapServers = stage.Kafka,
            Acks = Acks.Leader,
            LingerMs = 1,
            BatchSize = 1024 * 1024,
            EnableDeliveryReports = false,
        }
    ).Build();

    public Task WriteAsync(int first, int count, Stamps stamps)
    {
        for (var number = first; number < first + count; number++)
        {
            _producer.Produce(
                BenchEvent.Topic,
                bare
                    ? new Message<byte[], byte[]>
                    {
                        Key = Guid.NewGuid().ToByteArray(),
                        Value = BenchEvent.Of(number).ToJson(),
                    }
                    : BenchEvent.Message(number)
            );
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await Task.Run(_producer.Dispose);
}
