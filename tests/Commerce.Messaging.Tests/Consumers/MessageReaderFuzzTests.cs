using System.Globalization;
using System.Text;
using Commerce.Messaging.Consumers;
using Commerce.Messaging.DeadLetters;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Tests.Support;
using Confluent.Kafka;

namespace Commerce.Messaging.Tests.Consumers;

/// <summary>Whatever stands in a partition is an event, a marker, nothing of ours, or a dead letter: never an exception.</summary>
public sealed class MessageReaderFuzzTests
{
    private const int Seed = 20261121;
    private const int Cases = 60_000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private static readonly string[] Names =
    [
        MessageHeaders.SpecVersion,
        MessageHeaders.Id,
        MessageHeaders.Source,
        MessageHeaders.Type,
        MessageHeaders.Time,
        MessageHeaders.Subject,
        MessageHeaders.ContentType,
        MessageHeaders.TraceParent,
        MessageHeaders.Epoch,
    ];

    private static readonly Dictionary<Type, string> EventTypes = new() { [typeof(Note)] = "test.note.v1" };

    private static readonly ConsumerRegistration Consumer = new ConsumerBuilder("c")
        .On<Note, NoteHandler>()
        .Build(EventTypes);

    private enum Decision
    {
        Event,
        ControlRecord,
        NotOurs,
        DeadLetter,
    }

    [Fact]
    public void Random_and_mutated_messages_always_come_to_a_decision()
    {
        var catalog = new EventCatalog(EventTypes, NoteJson.Default);
        var reader = new MessageReader(new GapOptions());
        var random = new Random(Seed);
        var decisions = new Dictionary<Decision, int>();
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < Cases; i++)
        {
            var message = Next(random);
            try
            {
                var decision = Decide(reader, catalog, message, NextPosition(random));
                decisions[decision] = decisions.GetValueOrDefault(decision) + 1;
            }
            catch (Exception exception)
            {
                Assert.Fail($"Case {i} of seed {Seed}: {Describe(message)}\n{exception}");
            }
        }

        // The mutations are neither all harmless nor all deadly, or nothing was tried.
        foreach (var decision in Enum.GetValues<Decision>())
        {
            decisions.GetValueOrDefault(decision).ShouldBeGreaterThan(Cases / 50, $"{decision}");
        }

        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(Limit);
    }

    /// <summary>The way of a message as the batch processor goes it, without the database.</summary>
    private static Decision Decide(
        MessageReader reader,
        EventCatalog catalog,
        ConsumeResult<byte[], byte[]> result,
        Position before
    )
    {
        var received = reader.Read(Consumer, result, before);
        if (received.Position.LastAt > before.LastAt)
        {
            received.Position.LastAt!.Value.ShouldBeLessThanOrEqualTo(DateTime.UtcNow, "a hole would begin too late");
        }

        var fault = received.Fault;
        if (received.Envelope is { } envelope && catalog.Read(envelope.Type, result.Message.Value, out fault) is Note)
        {
            fault.ShouldBeNull();
            return Decision.Event;
        }

        if (fault is null)
        {
            received.Envelope.ShouldBeNull();
            return result.Message.Headers?.Any(h => h.Key == MessageHeaders.ControlRecord) == true
                ? Decision.ControlRecord
                : Decision.NotOurs;
        }

        var letter = FailedMessage.From("c", received, received.Envelope?.Id ?? received.SubstituteId(), fault);
        letter.Error.ShouldNotBeEmpty();
        (letter.Headers + letter.Subject + letter.EventType + letter.Error).ShouldNotContain('\0');
        return Decision.DeadLetter;
    }

    private static ConsumeResult<byte[], byte[]> Next(Random random)
    {
        var headers = random.Next(50) == 0 ? null : new Headers();
        foreach (var name in Names)
        {
            // Now and then one is missing, or comes twice.
            for (
                var copies = random.Next(30) switch
                {
                    0 => 0,
                    1 => 2,
                    _ => 1,
                };
                headers is not null && copies > 0;
                copies--
            )
            {
                headers.Add(name, Perhaps(random, Encoding.UTF8.GetBytes(Valid(name, random))));
            }
        }

        if (random.Next(10) == 0)
        {
            headers?.Add(MessageHeaders.ControlRecord, Perhaps(random, "Epoch"u8.ToArray()));
        }

        return new ConsumeResult<byte[], byte[]>
        {
            TopicPartitionOffset = new TopicPartitionOffset(
                "t",
                random.Next(12),
                random.NextInt64(0, long.MaxValue - 1)
            ),
            Message = new Message<byte[], byte[]>
            {
                Headers = headers,
                Value = Perhaps(random, Body(random))!,
                Timestamp = NextTimestamp(random),
            },
        };
    }

    private static Position NextPosition(Random random) =>
        new(random.Next(3), random.NextInt64(), random.Next(2) == 0 ? null : DateTime.UnixEpoch);

    private static Timestamp NextTimestamp(Random random) =>
        random.Next(4) switch
        {
            0 => Timestamp.Default,
            1 => new Timestamp(random.NextInt64(long.MinValue, long.MaxValue), TimestampType.CreateTime),
            2 => new Timestamp(long.MaxValue, TimestampType.LogAppendTime),
            _ => new Timestamp(DateTime.UtcNow, TimestampType.CreateTime),
        };

    private static string Valid(string name, Random random) =>
        name switch
        {
            MessageHeaders.Id or MessageHeaders.Subject => $"{Guid.NewGuid()}",
            MessageHeaders.Type => random.Next(12) == 0 ? "test.note.v2" : "test.note.v1",
            MessageHeaders.Time => DateTimeOffset.UtcNow.ToString("O", CultureInfo.InvariantCulture),
            MessageHeaders.Epoch => random.Next(5).ToString(CultureInfo.InvariantCulture),
            MessageHeaders.TraceParent => "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            MessageHeaders.SpecVersion => "1.0",
            _ => "/x",
        };

    private static byte[] Body(Random random) =>
        random.Next(8) switch
        {
            0 => "null"u8.ToArray(),
            1 => """{"kind":"Epoch","previousEpoch":1,"previousEnd":7}"""u8.ToArray(),
            2 => Encoding.UTF8.GetBytes(new string('[', random.Next(2_000))),
            3 => Garbage(random),
            _ => Encoding.UTF8.GetBytes($$"""{"number":{{random.Next()}},"text":"배 {{random.Next()}} \u0000 🍐"}"""),
        };

    /// <summary>Mostly as it is; otherwise nothing, garbage, cut off, or with a few bytes changed.</summary>
    private static byte[]? Perhaps(Random random, byte[] bytes)
    {
        switch (random.Next(40))
        {
            case 0:
                return null;
            case 1:
                return Garbage(random);
            case 2:
                return bytes[..random.Next(bytes.Length + 1)];
            case 3 when bytes.Length > 0:
                for (var flips = random.Next(1, 5); flips > 0; flips--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                return bytes;
            default:
                return bytes;
        }
    }

    private static byte[] Garbage(Random random)
    {
        var bytes = new byte[random.Next(200)];
        random.NextBytes(bytes);
        return bytes;
    }

    private static string Describe(ConsumeResult<byte[], byte[]> result) =>
        $"{result.Message.Timestamp.UnixTimestampMs}, "
        + string.Join(
            ", ",
            result.Message.Headers?.Select(h => $"{h.Key}={Convert.ToHexString(h.GetValueBytes() ?? [])}") ?? []
        )
        + $", body {Convert.ToHexString(result.Message.Value ?? [])}";
}
