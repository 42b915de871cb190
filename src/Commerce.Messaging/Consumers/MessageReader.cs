using System.Buffers.Text;
using System.Globalization;
using System.Text;
using Commerce.Messaging.Gaps;
using Commerce.Messaging.Kafka;
using Confluent.Kafka;

namespace Commerce.Messaging.Consumers;

/// <summary>Reads what a message says about the event in it.</summary>
internal sealed class MessageReader(GapOptions options)
{
    /// <summary>Never throws: what cannot be read becomes a <see cref="ReceivedMessage.Fault"/>.</summary>
    public ReceivedMessage Read(ConsumerRegistration consumer, ConsumeResult<byte[], byte[]> result, Position before)
    {
        var message = result.Message;
        var raw = new RawHeaders(message.Headers);
        var marker = raw.IsControlRecord ? ControlRecord.Read(message) : null;
        var timestamp = Time(message.Timestamp);
        var position = before.After(
            result.Offset.Value,
            raw.Epoch,
            raw.IsControlRecord ? null : timestamp,
            marker,
            options.RepublishMargin
        );
        var (envelope, fault) = raw.IsControlRecord ? (null, null) : ReadEnvelope(consumer, raw, timestamp);
        return new ReceivedMessage(
            result.Topic,
            result.Partition.Value,
            result.Offset.Value,
            message,
            position,
            envelope,
            fault,
            marker
        );
    }

    private static (Envelope? Envelope, string? Fault) ReadEnvelope(
        ConsumerRegistration consumer,
        in RawHeaders raw,
        DateTime timestamp
    )
    {
        if (raw.Type is null)
        {
            return (null, $"The header {MessageHeaders.Type} is missing.");
        }

        var type = Encoding.UTF8.GetString(raw.Type);
        if (!consumer.Subscribes(type))
        {
            return (null, null);
        }

        if (!TryId(raw.Id, out var id))
        {
            return (null, $"The header {MessageHeaders.Id} is missing or no UUID.");
        }

        if (!TryId(raw.Subject, out var subject))
        {
            return (null, $"The header {MessageHeaders.Subject} is missing or no UUID.");
        }

        if (raw.Source is null)
        {
            return (null, $"The header {MessageHeaders.Source} is missing.");
        }

        return (
            new Envelope(id, type, Encoding.UTF8.GetString(raw.Source), subject, Time(raw.Time, timestamp), raw.Trace),
            null
        );
    }

    // Anybody may write any number. One from the future would make a hole begin too late, one beyond the calendar throws.
    private static DateTime Time(Timestamp timestamp)
    {
        var now = DateTime.UtcNow;
        return
            timestamp.Type == TimestampType.NotAvailable
            || timestamp.UnixTimestampMs < 0
            || timestamp.UnixTimestampMs > new DateTimeOffset(now).ToUnixTimeMilliseconds()
            ? now
            : timestamp.UtcDateTime;
    }

    // The time is optional in CloudEvents, and others may write it shorter than we do.
    private static DateTimeOffset Time(byte[]? time, DateTime timestamp)
    {
        if (time is not null && Utf8Parser.TryParse(time, out DateTimeOffset exact, out _, 'O'))
        {
            return exact.ToUniversalTime();
        }

        return
            time is not null
            && DateTimeOffset.TryParse(Encoding.UTF8.GetString(time), CultureInfo.InvariantCulture, out var parsed)
            ? parsed.ToUniversalTime()
            : new DateTimeOffset(DateTime.SpecifyKind(timestamp, DateTimeKind.Utc));
    }

    private static bool TryId(byte[]? bytes, out Guid id)
    {
        id = default;
        return bytes is not null && Utf8Parser.TryParse(bytes, out id, out var length) && length == bytes.Length;
    }

    /// <summary>The headers we know, found in one pass.</summary>
    private readonly struct RawHeaders
    {
        public readonly byte[]? Id;
        public readonly byte[]? Type;
        public readonly byte[]? Source;
        public readonly byte[]? Subject;
        public readonly byte[]? Time;
        public readonly string? Trace;
        public readonly long? Epoch;
        public readonly bool IsControlRecord;

        public RawHeaders(Headers? headers)
        {
            if (headers is null)
            {
                return;
            }

            for (var i = 0; i < headers.Count; i++)
            {
                var value = headers[i].GetValueBytes();
                switch (headers[i].Key)
                {
                    case MessageHeaders.Id:
                        Id = value;
                        break;
                    case MessageHeaders.Type:
                        Type = value;
                        break;
                    case MessageHeaders.Source:
                        Source = value;
                        break;
                    case MessageHeaders.Subject:
                        Subject = value;
                        break;
                    case MessageHeaders.Time:
                        Time = value;
                        break;
                    case MessageHeaders.TraceParent when value is not null:
                        Trace = Encoding.ASCII.GetString(value);
                        break;
                    case MessageHeaders.Epoch
                        when value is not null && Utf8Parser.TryParse(value, out long epoch, out _):
                        Epoch = epoch;
                        break;
                    case MessageHeaders.ControlRecord:
                        IsControlRecord = true;
                        break;
                }
            }
        }
    }
}
