using System.Text;
using Commerce.Messaging.Consumers;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Messaging.Tests.Support;

/// <summary>Batches made by hand, so that a test decides what is in one.</summary>
internal static class Messages
{
    /// <summary>A message of partition 0 with a note in it.</summary>
    public static ReceivedMessage Note(
        TestService service,
        string topic,
        int number,
        string? text = null,
        string? trace = null
    ) =>
        Read(
            service,
            topic,
            number,
            text is null ? $$"""{"number":{{number}}}""" : $$"""{"number":{{number}},"text":"{{text}}"}""",
            trace
        );

    /// <summary>A message of partition 0 that says it has a note in it.</summary>
    public static ReceivedMessage Read(TestService service, string topic, int offset, string json, string? trace = null)
    {
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        Add(MessageHeaders.Id, Guid.NewGuid().ToString());
        Add(MessageHeaders.Type, "test.note.v1");
        Add(MessageHeaders.Source, "/test");
        Add(MessageHeaders.Subject, Guid.NewGuid().ToString());
        if (trace is not null)
        {
            Add(MessageHeaders.TraceParent, trace);
        }

        var result = new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(topic, 0, offset),
            Message = new Message<byte[], byte[]> { Value = Encoding.UTF8.GetBytes(json), Headers = headers },
        };
        return service
            .Services.GetRequiredService<MessageReader>()
            .Read(ByHand(topic), result, new Position(Next: offset));
    }

    /// <summary>Has the batch processed as if a consumer named <c>by-hand</c> had collected it.</summary>
    public static Task ProcessAsync(TestService service, string topic, params ReceivedMessage[] batch) =>
        service
            .Services.GetRequiredService<BatchProcessor>()
            .ProcessAsync(ByHand(topic), batch, CancellationToken.None);

    private static ConsumerRegistration ByHand(string topic) =>
        new ConsumerBuilder("by-hand")
            .From(topic)
            .On<Note, NoteHandler>()
            .Build(new Dictionary<Type, string> { [typeof(Note)] = "test.note.v1" });
}
