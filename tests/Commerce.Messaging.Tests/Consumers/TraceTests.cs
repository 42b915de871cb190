using System.Diagnostics;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Commerce.Messaging.Tests.Support;
using Commerce.ServiceDefaults.Telemetry;

namespace Commerce.Messaging.Tests.Consumers;

/// <summary>Which trace the SQL belongs to that events cause, and that nobody causes.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task Whatever_an_event_causes_is_in_its_trace_and_loops_that_look_for_work_are_in_none()
    {
        // What the test itself asks.
        using var untraced = Untraced.Begin();
        var options = await Servers.NewServiceAsync() with
        {
            Settings = new() { ["Messaging:RetryDelays:0"] = "00:00:00.1" },
        };
        await using var service = await TestService.StartAsync(options);
        var (subject, poison) = (Guid.NewGuid(), Guid.NewGuid());
        await Eventually.True(() => service.Relay.State == RelayState.Streaming);
        await service.PublishAsync(subject, new Note(0));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
        using var spans = new Spans(service);
        var (useCase, failing) = (spans.UseCase(), spans.UseCase());
        service.Instructions.Poison["poison"] = true;

        await service.PublishAsync([new OutgoingEvent(subject, new Note(1, "echo")) { TraceParent = useCase.Id }]);
        // With its echo, to which nobody subscribed.
        await Eventually.True(async () =>
            await service.ScalarAsync<long>("select sum(next_offset)::bigint from consumer_offset") == 3
        );
        await service.PublishAsync([new OutgoingEvent(poison, new Note(1, "poison")) { TraceParent = failing.Id }]);
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from retries") == 1);
        service.Instructions.Poison.Clear();
        await Eventually.True(async () => (await service.SeenAsync(poison)).Count == 1);
        await Eventually.True(() => Texts(spans, failing).Any(sql => sql.Contains("delete from retries")));

        spans
            .Sql.Where(span => span.TraceId != useCase.TraceId && span.TraceId != failing.TraceId)
            .Select(span => $"{span.DisplayName}: {Spans.Text(span)}")
            .ShouldBeEmpty();
        var sql = Texts(spans, useCase);
        sql.ShouldContain(text => text.Contains("into inbox"));
        sql.ShouldContain(text => text.Contains("into seen"));
        sql.ShouldContain(text => text.Contains("into outbox") && text.Contains("into consumer_offset"));
        Texts(spans, failing).ShouldContain(text => text.Contains("into retries"));
        var process = spans.Of(options.Topic).First(span => span.TraceId == useCase.TraceId);
        process.ParentSpanId.ShouldBe(useCase.SpanId);
        process.Kind.ShouldBe(ActivityKind.Consumer);
        process.DisplayName.ShouldBe("process " + options.Topic);
        process.GetTagItem("messaging.system").ShouldBe("kafka");
        process.GetTagItem("messaging.operation.name").ShouldBe("process");
        process.GetTagItem("messaging.kafka.offset").ShouldBeOfType<long>();
        process.GetTagItem("cloudevents.event_type").ShouldBe("test.note.v1");
        process.GetTagItem("messaging.batch.message_count").ShouldBeNull();
    }

    [Fact]
    public async Task A_batch_has_one_span_for_its_SQL_that_links_to_every_event()
    {
        using var untraced = Untraced.Begin();
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync());
        using var spans = new Spans(service);
        var useCases = Enumerable.Range(0, 3).Select(_ => spans.UseCase()).ToList();
        var topic = "by-hand-" + Guid.NewGuid();

        await Messages.ProcessAsync(
            service,
            topic,
            [.. useCases.Select((useCase, n) => Messages.Note(service, topic, n, trace: useCase.Id))]
        );

        var batch = spans.Of(topic).Single(span => span.GetTagItem("messaging.batch.message_count") is 3);
        batch.Parent.ShouldBeNull();
        batch.Links.Select(link => link.Context.TraceId).ShouldBe(useCases.Select(useCase => useCase.TraceId));
        spans.Sql.ShouldNotBeEmpty();
        spans.Sql.Where(span => span.TraceId != batch.TraceId).Select(Spans.Text).ShouldBeEmpty();
        foreach (var useCase in useCases)
        {
            var process = spans.Of(topic).Single(span => span.TraceId == useCase.TraceId);
            process.ParentSpanId.ShouldBe(useCase.SpanId);
            process.Links.ShouldHaveSingleItem().Context.SpanId.ShouldBe(batch.SpanId);
        }
    }

    [Fact]
    public void Untraced_work_names_no_parent_to_what_comes_of_it()
    {
        using var request = new Activity("request").Start();
        using (Untraced.Begin())
        {
            Untraced.CurrentTraceParent.ShouldBeNull();
            Activity.Current!.Recorded.ShouldBeFalse();
        }

        using var other = new Activity("request").Start();
        Untraced.CurrentTraceParent.ShouldBe(other.Id);
    }

    private static List<string> Texts(Spans spans, Activity cause) =>
        [.. spans.Sql.Where(span => span.TraceId == cause.TraceId).Select(Spans.Text)];
}
