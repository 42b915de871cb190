using Commerce.Data.Batches;
using Commerce.Messaging.Tests.Support;
using Dapper;
using Npgsql;

namespace Commerce.Messaging.Tests.Consumers;

/// <summary>What becomes of a batch when something is wrong with it.</summary>
public sealed class BatchProcessorTests
{
    private const string Topic = "by-hand";

    [Fact]
    public async Task Who_was_slower_with_the_same_tries_again_at_once()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        var tries = 0;
        service.Instructions.BeforeCommit = async (batch, _) =>
        {
            if (tries++ == 0)
            {
                // As a row that another replica has just written.
                await batch.Connection.ExecuteAsync(
                    "insert into inbox (consumer, event_id) select consumer, event_id from inbox",
                    transaction: batch.Transaction
                );
            }
        };

        await Messages.ProcessAsync(service, Topic, Messages.Note(service, Topic, 0));

        tries.ShouldBe(2);
        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(1);
        (await service.ScalarAsync<long>("select count(*) from retries")).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_given_up_or_put_aside_counts_once_however_often_its_batch_is_halved()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        using var counted = new Counted(service);
        service.Instructions.Poison["poison"] = true;
        var poison = Enumerable.Range(2, 4).Select(n => Messages.Note(service, Topic, n, "poison"));

        await Messages.ProcessAsync(
            service,
            Topic,
            [Messages.Read(service, Topic, 0, "no JSON"), Messages.Note(service, Topic, 1), .. poison]
        );

        (await service.ScalarAsync<long>("select count(*) from dead_letters")).ShouldBe(1);
        counted["commerce.messaging.dead_letters by-hand"].ShouldBe(1);
        (await service.ScalarAsync<long>("select count(*) from retries")).ShouldBe(4);
        counted["commerce.messaging.retries by-hand"].ShouldBe(4);
        counted["commerce.messaging.handled by-hand"].ShouldBe(1);
    }

    [Fact]
    public async Task A_failed_transaction_never_passes_for_committed()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        await using var connection = await service.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Should.ThrowAsync<PostgresException>(() => connection.ExecuteAsync("select 1 / 0"));
        await using var writes = new NpgsqlBatch(connection, transaction);

        var failure = await Should.ThrowAsync<PostgresException>(() => writes.CommitAsync(CancellationToken.None));

        failure.SqlState.ShouldBe(PostgresErrorCodes.InFailedSqlTransaction);
    }
}
