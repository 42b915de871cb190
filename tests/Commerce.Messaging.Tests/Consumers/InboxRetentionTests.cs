using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Relay;
using Commerce.Messaging.Tests.Support;
using Microsoft.Extensions.Options;

namespace Commerce.Messaging.Tests.Consumers;

/// <summary>Consumers forget what cannot come again, and nothing else.</summary>
public sealed class InboxRetentionTests
{
    private const string Left =
        "select string_agg(number::text, ',' order by number) from seen join inbox using (event_id)";
    private static readonly DateTimeOffset LongAgo = DateTimeOffset.UtcNow - TimeSpan.FromDays(40);

    [Fact]
    public async Task The_inbox_forgets_what_was_received_long_ago_however_its_ids_are_made()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        await PublishAsync(
            service,
            Guid.CreateVersion7(LongAgo),
            Guid.CreateVersion7(LongAgo),
            Guid.CreateVersion7(),
            // No UUIDv7: they sort behind all others, as the substitute for a missing id may.
            Guid.Parse("f" + Guid.NewGuid().ToString()[1..]),
            Guid.Parse("f" + Guid.NewGuid().ToString()[1..])
        );
        // The second was published long ago and came only now.
        await ReceivedLongAgoAsync(service, "number in (0, 3)");

        await OutboxRetentionTests.RunOnceAsync(service);
        (await service.ScalarAsync<string>(Left)).ShouldBe(
            "0,1,2,3,4",
            "first it has to be seen how far the topics go"
        );
        (await OutboxRetentionTests.RunOnceAsync(service)).ShouldBe(2);

        (await service.ScalarAsync<string>(Left)).ShouldBe("1,2,4");
    }

    /// <summary>Among what waits there may be a copy of what was handled a month ago.</summary>
    [Fact]
    public async Task The_inbox_forgets_nothing_while_something_published_before_is_unread()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        await PublishAsync(service, Guid.CreateVersion7(LongAgo));
        await ReceivedLongAgoAsync(service, "true");
        var goOn = new TaskCompletionSource();
        service.Instructions.BeforeCommit = (_, _) => goOn.Task;
        await service.PublishAsync(Guid.NewGuid(), new Note(1));
        await Eventually.True(async () => await service.ScalarAsync<long>("select published from relay") == 2);

        await OutboxRetentionTests.RunOnceAsync(service);
        (await OutboxRetentionTests.RunOnceAsync(service)).ShouldBe(0);
        goOn.SetResult();
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from seen") == 2);

        (await OutboxRetentionTests.RunOnceAsync(service)).ShouldBe(1);
        (await service.ScalarAsync<string>(Left)).ShouldBe("1");
    }

    [Fact]
    public async Task The_inbox_is_trimmed_in_batches_for_former_consumers_too()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        await service.ScalarAsync<int>(
            """
            insert into inbox (consumer, event_id, received_at)
            select consumer, ('0190' || lpad(to_hex(n), 4, '0') || '-0000-7000-8000-000000000000')::uuid, now() - interval '32 days'
            from generate_series(1, 25) n, unnest(array['former', 'other']) consumer;
            update inbox set received_at = now() where consumer = 'other' and event_id >= '01900014-0000-7000-8000-000000000000'
            """
        );
        var trim = OutboxRetentionTests.TrimOf(service, "inbox");
        await foreach (var _ in trim.RunAsync(10, CancellationToken.None))
        {
            throw new InvalidOperationException("It has not looked at the topics yet.");
        }

        var batches = new List<int>();
        await foreach (var removed in trim.RunAsync(10, CancellationToken.None))
        {
            batches.Add(removed);
        }

        batches.ShouldBe([10, 10, 5, 10, 9, 0]);
        (await service.ScalarAsync<string>("select string_agg(distinct consumer, ',') from inbox")).ShouldBe("other");
    }

    [Fact]
    public async Task Dead_letters_go_long_after_they_were_dealt_with_and_open_ones_stay()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        await service.ScalarAsync<int>(
            """
            insert into dead_letters (id, consumer, topic, partition, record_offset, event_id, event_type, subject, headers, payload,
              attempts, error, failed_at, redriven_at, discarded_at, discarded_by, discard_note)
            select gen_random_uuid(), 'c', 't', 0, 0, gen_random_uuid(), type, '', '{}', '', 1, '', now() - interval '90 days',
              case when type like 'redriven%' then at end, case when type like 'discarded%' then at end,
              case when type like 'discarded%' then 'a' end, case when type like 'discarded%' then 'n' end
            from (values ('open', null), ('redriven old', now() - interval '32 days'), ('redriven', now() - interval '30 days'),
              ('discarded old', now() - interval '32 days'), ('discarded', now() - interval '30 days')) letters (type, at)
            """
        );

        (await OutboxRetentionTests.RunOnceAsync(service)).ShouldBe(2);

        (
            await service.ScalarAsync<string>(
                "select string_agg(event_type, ',' order by event_type) from dead_letters"
            )
        ).ShouldBe("discarded,open,redriven");
    }

    [Theory]
    [InlineData(
        "60.00:00:00",
        "60.12:00:00",
        "Messaging:InboxRetention is 60.12:00:00; it must be at least 61.00:00:00"
    )]
    [InlineData("00:30:00", null, "Messaging:OutboxRetention is 00:30:00")]
    [InlineData("-1.00:00:00", null, "Messaging:OutboxRetention is -1.00:00:00")]
    public void A_retention_that_would_lose_or_double_events_stops_the_start(
        string outbox,
        string? inbox,
        string says
    ) => Should.Throw<OptionsValidationException>(() => Options(outbox, inbox)).Message.ShouldContain(says);

    [Theory]
    [InlineData(null, null, 31)]
    [InlineData("60.00:00:00", null, 61)]
    [InlineData("60.00:00:00", "90.00:00:00", 90)]
    public void The_inbox_is_kept_longer_than_the_outbox(string? outbox, string? inbox, int days) =>
        Options(outbox, inbox).InboxKept.ShouldBe(TimeSpan.FromDays(days));

    private static EventRetentionOptions Options(string? outbox, string? inbox) =>
        Settings.Read<EventRetentionOptions>(
            ("Messaging:OutboxRetention", outbox),
            ("Messaging:InboxRetention", inbox)
        );

    /// <summary>One note for each id, numbered, published and handled.</summary>
    private static async Task PublishAsync(TestService service, params Guid[] ids)
    {
        await Eventually.True(() => service.Relay.State == RelayState.Streaming);
        await service.PublishAsync([
            .. ids.Select((id, n) => new OutgoingEvent(Guid.NewGuid(), new Note(n)) { Id = id }),
        ]);
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from seen") == ids.Length);
    }

    private static Task<int> ReceivedLongAgoAsync(TestService service, string where) =>
        service.ScalarAsync<int>(
            $"""
            update inbox set received_at = now() - interval '32 days'
            where event_id in (select event_id from seen where {where})
            """
        );
}
