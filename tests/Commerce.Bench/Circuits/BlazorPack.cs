using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Commerce.Bench.Circuits;

/// <summary>
/// The part of MessagePack that Blazor's hub speaks: arrays, strings, integers, booleans, null, bytes and empty maps. Every
/// message is preceded by its length in seven-bit groups.
/// </summary>
internal static class BlazorPack
{
    public static byte[] Write(params object?[] message)
    {
        var body = new ArrayBufferWriter<byte>();
        WriteValue(body, message);
        var framed = new ArrayBufferWriter<byte>(body.WrittenCount + 5);
        var length = (uint)body.WrittenCount;
        do
        {
            WriteByte(framed, (byte)(length > 0x7f ? (length & 0x7f) | 0x80 : length));
            length >>= 7;
        } while (length > 0);
        framed.Write(body.WrittenSpan);
        return framed.WrittenSpan.ToArray();
    }

    /// <summary>The messages of one frame of the socket.</summary>
    public static IEnumerable<object?[]> Read(ReadOnlyMemory<byte> frame)
    {
        for (var at = 0; at < frame.Length; )
        {
            var length = 0;
            for (var shift = 0; ; shift += 7)
            {
                var part = frame.Span[at++];
                length |= (part & 0x7f) << shift;
                if ((part & 0x80) == 0)
                {
                    break;
                }
            }

            var start = at;
            yield return (object?[])ReadValue(frame.Span, ref at)!;
            at = start + length;
        }
    }

    private static void WriteValue(ArrayBufferWriter<byte> to, object? value)
    {
        switch (value)
        {
            case null:
                WriteByte(to, 0xc0);
                break;
            case bool yes:
                WriteByte(to, (byte)(yes ? 0xc3 : 0xc2));
                break;
            case int number:
                WriteNumber(to, 0xd3, number);
                break;
            case long number:
                WriteNumber(to, 0xd3, number);
                break;
            case string text:
                var bytes = Encoding.UTF8.GetBytes(text);
                WriteByte(to, 0xdb);
                BinaryPrimitives.WriteInt32BigEndian(to.GetSpan(4), bytes.Length);
                to.Advance(4);
                to.Write(bytes);
                break;
            case object?[] items:
                WriteByte(to, 0xdc);
                BinaryPrimitives.WriteUInt16BigEndian(to.GetSpan(2), (ushort)items.Length);
                to.Advance(2);
                foreach (var item in items)
                {
                    WriteValue(to, item);
                }

                break;
            case Headers:
                WriteByte(to, 0x80);
                break;
            default:
                throw new NotSupportedException(value.GetType().Name);
        }
    }

    private static void WriteNumber(ArrayBufferWriter<byte> to, byte code, long number)
    {
        if (number is >= 0 and < 128)
        {
            WriteByte(to, (byte)number);
            return;
        }

        WriteByte(to, code);
        BinaryPrimitives.WriteInt64BigEndian(to.GetSpan(8), number);
        to.Advance(8);
    }

    private static void WriteByte(ArrayBufferWriter<byte> to, byte value)
    {
        to.GetSpan(1)[0] = value;
        to.Advance(1);
    }

    private static object? ReadValue(ReadOnlySpan<byte> from, ref int at)
    {
        var code = from[at++];
        return code switch
        {
            < 0x80 => (long)code,
            < 0x90 => ReadMap(from, ref at, code & 0x0f),
            < 0xa0 => ReadArray(from, ref at, code & 0x0f),
            < 0xc0 => ReadText(from, ref at, code & 0x1f),
            0xc0 => null,
            0xc2 => false,
            0xc3 => true,
            0xc4 => ReadBytes(from, ref at, (int)ReadNumber(from, ref at, 1)),
            0xc5 => ReadBytes(from, ref at, (int)ReadNumber(from, ref at, 2)),
            0xc6 => ReadBytes(from, ref at, (int)ReadNumber(from, ref at, 4)),
            0xcc or 0xd0 => ReadNumber(from, ref at, 1),
            0xcd or 0xd1 => ReadNumber(from, ref at, 2),
            0xce or 0xd2 => ReadNumber(from, ref at, 4),
            0xcf or 0xd3 => ReadNumber(from, ref at, 8),
            0xd9 => ReadText(from, ref at, (int)ReadNumber(from, ref at, 1)),
            0xda => ReadText(from, ref at, (int)ReadNumber(from, ref at, 2)),
            0xdb => ReadText(from, ref at, (int)ReadNumber(from, ref at, 4)),
            0xdc => ReadArray(from, ref at, (int)ReadNumber(from, ref at, 2)),
            0xdd => ReadArray(from, ref at, (int)ReadNumber(from, ref at, 4)),
            0xde => ReadMap(from, ref at, (int)ReadNumber(from, ref at, 2)),
            >= 0xe0 => (long)(sbyte)code,
            _ => throw new NotSupportedException($"MessagePack code {code:x2}"),
        };
    }

    /// <summary>Ids and lengths: none is negative or beyond 63 bits.</summary>
    private static long ReadNumber(ReadOnlySpan<byte> from, ref int at, int size)
    {
        long number = 0;
        for (var i = 0; i < size; i++)
        {
            number = (number << 8) | from[at++];
        }

        return number;
    }

    private static string ReadText(ReadOnlySpan<byte> from, ref int at, int length)
    {
        var text = Encoding.UTF8.GetString(from.Slice(at, length));
        at += length;
        return text;
    }

    private static byte[] ReadBytes(ReadOnlySpan<byte> from, ref int at, int length)
    {
        var bytes = from.Slice(at, length).ToArray();
        at += length;
        return bytes;
    }

    private static object?[] ReadArray(ReadOnlySpan<byte> from, ref int at, int count)
    {
        var items = new object?[count];
        for (var i = 0; i < count; i++)
        {
            items[i] = ReadValue(from, ref at);
        }

        return items;
    }

    private static Headers ReadMap(ReadOnlySpan<byte> from, ref int at, int count)
    {
        for (var i = 0; i < count * 2; i++)
        {
            ReadValue(from, ref at);
        }

        return new Headers();
    }

    /// <summary>A message's headers, of which none are used.</summary>
    public readonly record struct Headers;
}
