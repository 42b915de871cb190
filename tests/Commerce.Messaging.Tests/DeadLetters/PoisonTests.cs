using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Commerce.Messaging.DeadLetters;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Tests.Support;

namespace Commerce.Messaging.Tests.DeadLetters;

public sealed class PoisonTests
{
    private static readonly Dictionary<string, string?> FastRetries = new()
    {
        ["Messaging:RetryDelays:0"] = "00:00:00.1",
        ["Messaging:RetryDelays:1"] = "00:00:00.2",
        ["Messaging:RetryDelays:2"] = "00:00:00.3",
    };

    [Fact]
    public async Task A_poison_message_stands_alone_becomes_a_dead_letter_and_goes_through_when_redriven()
    {
        var options = await Servers.NewServiceAsync() with { Settings = FastRetries };
        await using var service = await TestService.StartAsync(options);
        using var client = service.CreateClient();
        service.Instructions.Poison["poison"] = true;
        var subject = Guid.NewGuid();
        // One key, so one partition: what comes behind the poison must not wait for it.
        await service.PublishAsync(
            subject,
            [.. Enumerable.Range(1, 100).Select(n => new Note(n, n == 37 ? "poison" : null))]
        );

        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from dead_letters") == 1);
        (await service.SeenAsync(subject)).ShouldBe(Enumerable.Range(1, 100).Where(n => n != 37));
        (await service.ScalarAsync<long>("select count(*) from retries")).ShouldBe(0);

        var page = await client.GetFromJsonAsync<JsonElement>("/dead-letters");
        page.GetProperty("total").GetInt32().ShouldBe(1);
        var letter = page.GetProperty("items")[0];
        letter.GetProperty("consumer").GetString().ShouldBe(options.Consumer);
        letter.GetProperty("topic").GetString().ShouldBe(options.Topic);
        letter.GetProperty("eventType").GetString().ShouldBe("test.note.v1");
        letter.GetProperty("subject").GetString().ShouldBe(subject.ToString());
        letter.GetProperty("attempts").GetInt32().ShouldBe(4, "once in the batch, then three retries");
        letter.GetProperty("error").GetString().ShouldBe("InvalidOperationException: I do not like poison");
        letter.GetProperty("payload").GetString()!.ShouldContain("37");

        var copies = await KafkaClient.ReadAsync(options.Kafka, options.Topic + ".dlq", list => list.Count >= 1);
        var copy = copies.ShouldHaveSingleItem();
        Encoding.UTF8.GetString(copy.Message.Value).ShouldBe(letter.GetProperty("payload").GetString());
        copy.Header("ce_type").ShouldBe("test.note.v1");
        copy.Header("dlq-consumer").ShouldBe(options.Consumer);
        copy.Header("dlq-error").ShouldBe(letter.GetProperty("error").GetString());

        var redrive = $"/dead-letters/{letter.GetProperty("id").GetString()}/redrive";
        (await client.PostAsync(redrive, null)).StatusCode.ShouldBe(HttpStatusCode.Conflict, "it is still poison");
        service.Instructions.Poison.Clear();
        (await client.PostAsync(redrive, null)).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.PostAsync(redrive, null)).StatusCode.ShouldBe(HttpStatusCode.OK, "twice does no harm");

        (await service.SeenAsync(subject)).Count(n => n == 37).ShouldBe(1);
        var after = await client.GetFromJsonAsync<JsonElement>("/dead-letters");
        after.GetProperty("items")[0].GetProperty("redrivenAt").ValueKind.ShouldBe(JsonValueKind.String);
        var status = await client.GetFromJsonAsync<JsonElement>("/messaging");
        status.GetProperty("deadLetters").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task What_fails_only_for_a_while_succeeds_at_a_later_try()
    {
        var options = await Servers.NewServiceAsync() with { Settings = FastRetries };
        await using var service = await TestService.StartAsync(options);
        service.Instructions.Poison["not yet"] = true;
        var subject = Guid.NewGuid();

        await service.PublishAsync(subject, new Note(1, "not yet"), new Note(2));
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from retries") == 1);
        service.Instructions.Poison.Clear();

        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 2);
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from retries") == 0);
        (await service.ScalarAsync<long>("select count(*) from dead_letters")).ShouldBe(0);
    }

    [Fact]
    public async Task An_event_that_is_put_aside_is_not_handled_when_it_comes_again()
    {
        var options = await Servers.NewServiceAsync() with
        {
            Settings = new() { ["Messaging:RetryDelays:0"] = "01:00:00" },
        };
        var subject = Guid.NewGuid();
        await using (var first = await TestService.StartAsync(options))
        {
            first.Instructions.Poison["poison"] = true;
            await first.PublishAsync(subject, new Note(1, "poison"), new Note(2));
            await Eventually.True(async () => await first.ScalarAsync<long>("select count(*) from retries") == 1);
        }

        await CrashTests.ScalarAsync<object>(options, "delete from consumer_offset");
        await using var second = await TestService.StartAsync(options);
        await second.PublishAsync(subject, new Note(3));

        await Eventually.True(async () => (await second.SeenAsync(subject)).Contains(3));
        (await second.SeenAsync(subject)).ShouldBe([2, 3], "its next try is an hour away");
        (await second.ScalarAsync<long>("select count(*) from retries")).ShouldBe(1);
    }

    [Fact]
    public async Task Malformed_messages_become_dead_letters_and_unknown_types_are_skipped()
    {
        var options = await Servers.NewServiceAsync();
        await using var service = await TestService.StartAsync(options);
        var (subject, id) = (Guid.NewGuid(), Guid.NewGuid().ToString());
        (string, string)[] Headers(string type) =>
            [("ce_id", id), ("ce_type", type), ("ce_source", "/x"), ("ce_subject", subject.ToString())];

        await KafkaClient.ProduceAsync(options.Kafka, options.Topic, [0xff, 0xfe, 0x00], Headers("test.note.v1"));
        await KafkaClient.ProduceAsync(options.Kafka, options.Topic, "no headers"u8.ToArray());
        await KafkaClient.ProduceAsync(options.Kafka, options.Topic, "no ids"u8.ToArray(), ("ce_type", "test.note.v1"));
        await KafkaClient.ProduceAsync(options.Kafka, options.Topic, "new"u8.ToArray(), Headers("test.note.v9"));
        await service.PublishAsync(subject, new Note(1));

        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from dead_letters") == 3);
        var raw = await service.ScalarAsync<byte[]>(
            "select payload from dead_letters where event_id = @id::uuid",
            new { id }
        );
        raw.ShouldBe([0xff, 0xfe, 0x00]);
        var copies = await KafkaClient.ReadAsync(options.Kafka, options.Topic + ".dlq", list => list.Count >= 3);
        copies.Select(copy => Convert.ToHexString(copy.Message.Value)).ShouldContain("FFFE00");
        (await service.ScalarAsync<long>("select count(*) from retries")).ShouldBe(0);
    }

    /// <summary>The embedded broker keeps no message of that size, so it is buried as a consumer would bury it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_dead_letter_as_large_as_a_broker_takes_stops_no_relay(bool largeHeaders)
    {
        var options = await Servers.NewServiceAsync();
        await using var service = await TestService.StartAsync(options);
        var (subject, large) = (Guid.NewGuid(), new string('x', KafkaAddress.MaxMessageBytes));
        var letter = new FailedMessage(
            Guid.NewGuid(),
            options.Consumer!,
            options.Topic,
            Partition: 0,
            RecordOffset: 0,
            Guid.NewGuid(),
            "test.note.v1",
            subject.ToString(),
            largeHeaders ? $$"""{"x-large":"{{large}}"}""" : "{}",
            largeHeaders ? [1] : Encoding.ASCII.GetBytes(large),
            Attempts: 1,
            "too large"
        );
        await using (var connection = await service.Database.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await FailedMessageStore.DeadLetterAsync(transaction, letter);
            await transaction.CommitAsync();
        }

        await service.PublishAsync(subject, new Note(1));

        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
        (await service.ScalarAsync<int>("select length(payload) from dead_letters")).ShouldBe(letter.Payload.Length);
        (
            await service.ScalarAsync<string?>(
                "select headers->>'dlq-truncated-from' from outbox where raw is not null"
            )
        ).ShouldBe(largeHeaders ? null : $"{large.Length}");
    }

    [Fact]
    public async Task What_a_handler_publishes_stands_and_falls_with_its_batch()
    {
        var options = await Servers.NewServiceAsync();
        await using var service = await TestService.StartAsync(options);
        service.Instructions.Poison["poison"] = true;
        var subject = Guid.NewGuid();

        await service.PublishAsync(subject, new Note(1, "echo"), new Note(2, "poison"), new Note(3, "echo"));

        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 2);
        (await service.ScalarAsync<long>("select count(*) from outbox where type = 'test.echo.v1'")).ShouldBe(2);
    }

    [Fact]
    public async Task Only_known_dead_letters_can_be_redriven_and_pages_have_bounds()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        using var client = service.CreateClient();

        (await client.PostAsync($"/dead-letters/{Guid.NewGuid()}/redrive", null)).StatusCode.ShouldBe(
            HttpStatusCode.NotFound
        );
        (await client.GetAsync("/dead-letters?page=0")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await client.GetAsync("/dead-letters?pageSize=101")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        var page = await client.GetFromJsonAsync<JsonElement>("/dead-letters?page=2&pageSize=5");
        page.GetProperty("items").GetArrayLength().ShouldBe(0);
        page.GetProperty("page").GetInt32().ShouldBe(2);
        page.GetProperty("pageSize").GetInt32().ShouldBe(5);
    }
}
