using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Support;

namespace Commerce.Messaging.Tests.Relay;

/// <summary>An event is published when what it tells can be seen, not when the log has it.</summary>
public sealed class CommitVisibilityTests
{
    [Fact]
    public async Task An_event_is_not_published_before_other_sessions_see_its_transaction()
    {
        // A commit that waits for a standby is in the log, and nobody sees it yet. All but one wait for none.
        await using var postgres = await Servers.StartPostgresAsync(
            "-c",
            "synchronous_standby_names=nobody",
            "-c",
            "synchronous_commit=local"
        );
        var options = await NewServiceAsync(postgres);
        await using var service = await TestService.StartAsync(options);
        await using var yardstick = await TestService.StartAsync(await NewServiceAsync(postgres));
        var subject = Guid.NewGuid();
        await service.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
        await yardstick.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await yardstick.SeenAsync(subject)).Count == 1);

        var held = options with { Database = options.Database + ";Pooling=false;Options=-c synchronous_commit=on" };
        var committing = CrashTests.WriteAsync(held, subject, 2);
        await Eventually.True(async () => await WaitingAsync(service) == 1);
        // As long as an event takes, twice over.
        foreach (var number in new[] { 2, 3 })
        {
            await yardstick.PublishAsync(subject, new Note(number));
            await Eventually.True(async () => (await yardstick.SeenAsync(subject)).Contains(number));
        }

        (await service.SeenAsync(subject)).ShouldBe([1]);
        (await service.ScalarAsync<long>("select count(*) from outbox")).ShouldBe(1);
        await service.ScalarAsync<bool>(
            "select bool_and(pg_cancel_backend(pid)) from pg_stat_activity where wait_event = 'SyncRep'"
        );
        await committing;
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 2);
    }

    [Theory]
    [InlineData("100:100:", 99, true)]
    [InlineData("100:100:", 100, false)]
    [InlineData("100:110:105", 104, true)]
    [InlineData("100:110:104,105", 105, false)]
    [InlineData("100:110:", 110, false)]
    // The log has only the lower half of a number.
    [InlineData("4294967300:4294967310:4294967305", 4, true)]
    [InlineData("4294967300:4294967310:4294967305", 9, false)]
    [InlineData("4294967300:4294967310:", 4294967290, true)]
    [InlineData("4294967290:4294967295:", 3, false)]
    public void A_snapshot_shows_what_had_ended_when_it_was_taken(string snapshot, uint transaction, bool shown)
    {
        CommitVisibility.Snapshot.Parse(snapshot).Shows(transaction).ShouldBe(shown);
    }

    private static Task<long> WaitingAsync(TestService service) =>
        service.ScalarAsync<long>("select count(*) from pg_stat_activity where wait_event = 'SyncRep'");

    private static async Task<TestServiceOptions> NewServiceAsync(Commerce.ServerProcesses.PostgresServer postgres)
    {
        var name = "t" + Guid.NewGuid().ToString("N")[..12];
        var kafka = await Servers.KafkaAsync();
        return new TestServiceOptions(await postgres.CreateDatabaseAsync(name), kafka.ConnectionString, "topic-" + name)
        {
            Consumer = name + ".reader",
        };
    }
}
