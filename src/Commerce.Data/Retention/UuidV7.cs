using System.Buffers.Binary;

namespace Commerce.Data.Retention;

/// <summary>UUIDv7 begin with their time, so a primary key of them is also an index on the time, at no cost.</summary>
public static class UuidV7
{
    /// <summary>Not greater than any UUIDv7 made at that time or later, and greater than any made before.</summary>
    public static Guid First(DateTimeOffset at)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(bytes, at.ToUnixTimeMilliseconds() << 16);
        bytes[6] = 0x70;
        bytes[8] = 0x80;
        return new Guid(bytes, bigEndian: true);
    }
}
