using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Support;
using Dapper;

namespace Commerce.Messaging.Tests.Status;

public sealed class TelemetryTests
{
    [Fact]
    public async Task One_trace_goes_from_the_use_case_through_the_handler_to_its_consequences()
    {
        using var source = new ActivitySource("test." + Guid.NewGuid());
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = s => s.Name == source.Name || s.Name == "Commerce.Messaging",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = spans.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        var subjects = Enumerable.Range(0, 3).Select(_ => Guid.NewGuid()).ToArray();
        var traces = new Dictionary<Guid, Activity>();
        foreach (var subject in subjects)
        {
            using var useCase = source.StartActivity("use case")!;
            traces[subject] = useCase;
            await service.PublishAsync(subject, new Note(1, "echo"));
        }

        foreach (var subject in subjects)
        {
            await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
            var handled = await service.ScalarAsync<string>(
                "select trace from seen where subject = @subject",
                new { subject }
            );
            var echo = await service.ScalarAsync<string>(
                "select trace_parent from outbox where subject = @subject and type = 'test.echo.v1'",
                new { subject }
            );
            echo.ShouldBe(handled);
            ActivityContext.Parse(handled, null).TraceId.ShouldBe(traces[subject].TraceId);
            await Eventually.True(() => spans.Any(span => span.Id == handled));
            var process = spans.Single(span => span.Id == handled);
            process.DisplayName.ShouldBe("process " + service.Options.Topic);
            process.ParentSpanId.ShouldBe(traces[subject].SpanId);
        }
    }

    [Fact]
    public async Task The_status_tells_of_relay_and_consumers()
    {
        var options = await Servers.NewServiceAsync();
        await using var service = await TestService.StartAsync(options);
        using var client = service.CreateClient();
        await Eventually.True(() => service.Relay.State == RelayState.Streaming);
        await service.PublishAsync(Guid.NewGuid(), new Note(1), new Note(2));
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from seen") == 2);
        await Eventually.True(async () => await service.ScalarAsync<long>("select published from relay") == 2);

        var status = await client.GetFromJsonAsync<JsonElement>("/messaging");

        var relay = status.GetProperty("relay");
        relay.GetProperty("state").GetString().ShouldBe("streaming");
        relay.GetProperty("slot").GetString()!.ShouldStartWith("outbox_t");
        relay.GetProperty("published").GetInt64().ShouldBe(2);
        relay.GetProperty("epoch").GetInt64().ShouldBe(1);
        relay.GetProperty("lastPublishedAt").ValueKind.ShouldBe(JsonValueKind.String);
        relay.GetProperty("lagBytes").GetInt64().ShouldBeGreaterThanOrEqualTo(0);
        relay.GetProperty("inFlight").GetInt64().ShouldBe(0);
        var consumer = status.GetProperty("consumers")[0];
        consumer.GetProperty("name").GetString().ShouldBe(options.Consumer);
        consumer.GetProperty("topic").GetString().ShouldBe(options.Topic);
        consumer.GetProperty("partitions").GetInt32().ShouldBe(4);
        consumer.GetProperty("lag").GetInt64().ShouldBe(0);
        consumer.GetProperty("handled").GetInt64().ShouldBe(2);
        status.GetProperty("deadLetters").GetInt64().ShouldBe(0);
        status.GetProperty("retrying").GetInt64().ShouldBe(0);
    }

    [Fact]
    public async Task Times_and_dates_pass_through_Dapper_both_ways()
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        await using var connection = await service.Database.OpenConnectionAsync();
        var (at, on) = (new DateTimeOffset(2026, 11, 21, 18, 0, 0, TimeSpan.FromHours(9)), new DateOnly(2026, 9, 1));

        var row = await connection.QuerySingleAsync<Times>(
            "select @at::timestamptz as shipped_at, @on::date as harvested_on, null::timestamptz as opened_at",
            new { at, on }
        );

        row.ShouldBe(new Times(at.ToUniversalTime(), on, null));
    }

    internal sealed record Times(DateTimeOffset ShippedAt, DateOnly HarvestedOn, DateTimeOffset? OpenedAt);
}
