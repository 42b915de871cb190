using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;

namespace Commerce.Bench.Events;

/// <summary>The event of these benches, as large as an order of two lines.</summary>
/// <param name="Number">Counts up; first, so that a reader finds it without parsing the rest.</param>
public sealed record BenchEvent(int Number, string Text)
{
    public const string Type = "bench.event.v1";
    public const string Topic = "bench.events";

    /// <summary>What an <see cref="EventService"/> that listens publishes in turn.</summary>
    public const string ResultTopic = "bench.results";

    public const string Source = "/bench/events";
    private static readonly string Filler = new('x', 320);

    public static BenchEvent Of(int number) => new(number, Filler);

    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, BenchJson.Default.BenchEvent);

    /// <summary>The message that the relay makes of this event.</summary>
    internal static Confluent.Kafka.Message<byte[], byte[]> Message(int number)
    {
        var now = DateTime.UtcNow;
        return Messages.Create(
            new OutboxRow(Guid.CreateVersion7(), null, Guid.NewGuid(), Type, Of(number).ToJson(), null, null, now),
            now
        );
    }

    /// <summary>The number in such a message's value.</summary>
    public static int NumberOf(ReadOnlySpan<byte> json)
    {
        var rest = json["""{"number":""".Length..];
        return int.Parse(rest[..rest.IndexOf((byte)',')], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static readonly MessageFactory Messages = new(Source, epoch: 1);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BenchEvent))]
internal sealed partial class BenchJson : JsonSerializerContext;
