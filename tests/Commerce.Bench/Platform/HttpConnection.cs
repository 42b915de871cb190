using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Commerce.Bench.Platform;

/// <summary>
/// One kept-alive HTTP/1.1 connection that sends prepared bytes and reads an answer. The generator shares two cores with what
/// it measures, and <see cref="HttpClient"/> costs more per request than the server does.
/// </summary>
internal sealed class HttpConnection : IDisposable
{
    private static readonly byte[] EndOfHead = "\r\n\r\n"u8.ToArray();

    // Kestrel closes a connection that was idle for 130 s, and other work may be measured meanwhile.
    private static readonly TimeSpan IdleFor = TimeSpan.FromSeconds(60);

    private readonly Uri _address;
    private TcpClient _client;
    private long _usedAt = Stopwatch.GetTimestamp();
    private byte[] _buffer = new byte[64 * 1024];
    private int _filled;

    private HttpConnection(Uri address) => (_address, _client) = (address, Connect(address));

    public static HttpConnection To(Uri address) => new(address);

    /// <summary>A whole request as it goes over the wire.</summary>
    public static byte[] Request(string method, Uri address, IEnumerable<(string, string)> headers, byte[]? body = null)
    {
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"{method} {address.PathAndQuery} HTTP/1.1\r\n")
            .Append(CultureInfo.InvariantCulture, $"Host: {address.Authority}\r\n");
        foreach (var (name, value) in headers)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        if (body is not null)
        {
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n");
        }

        return [.. Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), .. body ?? []];
    }

    /// <summary>The answer's status and how many bytes its body has; the body itself is <see cref="Body"/> until the next call.</summary>
    public async ValueTask<(int Status, int Length)> SendAsync(ReadOnlyMemory<byte> request)
    {
        if (Stopwatch.GetElapsedTime(_usedAt) > IdleFor)
        {
            _client.Dispose();
            _client = Connect(_address);
        }

        _usedAt = Stopwatch.GetTimestamp();
        await _client.GetStream().WriteAsync(request);
        _filled = 0;
        int end;
        while ((end = _buffer.AsSpan(0, _filled).IndexOf(EndOfHead)) < 0)
        {
            await FillAsync();
        }

        var head = Encoding.ASCII.GetString(_buffer, 0, end);
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var start = end + EndOfHead.Length;
        var length =
            Header(head, "content-length") is { } text
                ? await ReadAsync(start, int.Parse(text, CultureInfo.InvariantCulture))
            : Header(head, "transfer-encoding") is not null ? await ReadChunksAsync(start)
            : 0;
        Body = _buffer.AsMemory(start, length);
        return (status, length);
    }

    public ReadOnlyMemory<byte> Body { get; private set; }

    public void Dispose() => _client.Dispose();

    private static TcpClient Connect(Uri address)
    {
        var client = new TcpClient { NoDelay = true };
        client.Connect(address.Host, address.Port);
        return client;
    }

    private async ValueTask<int> ReadAsync(int start, int length)
    {
        while (_filled < start + length)
        {
            await FillAsync();
        }

        return length;
    }

    /// <summary>Moves the chunks together, so that the body stands in one piece.</summary>
    private async ValueTask<int> ReadChunksAsync(int start)
    {
        var (read, written) = (start, start);
        while (true)
        {
            int line;
            while ((line = _buffer.AsSpan(read, _filled - read).IndexOf("\r\n"u8)) < 0)
            {
                await FillAsync();
            }

            var size = int.Parse(
                Encoding.ASCII.GetString(_buffer, read, line),
                NumberStyles.HexNumber,
                CultureInfo.InvariantCulture
            );
            read += line + 2;
            await ReadAsync(read, size + 2);
            _buffer.AsSpan(read, size).CopyTo(_buffer.AsSpan(written));
            (read, written) = (read + size + 2, written + size);
            if (size == 0)
            {
                return written - start;
            }
        }
    }

    private async ValueTask FillAsync()
    {
        if (_filled == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        var count = await _client.GetStream().ReadAsync(_buffer.AsMemory(_filled));
        _filled += count > 0 ? count : throw new IOException("The server closed the connection.");
    }

    private static string? Header(string head, string name)
    {
        foreach (var line in head.AsSpan().EnumerateLines())
        {
            if (
                line.Length > name.Length
                && line[name.Length] == ':'
                && line.StartsWith(name, StringComparison.OrdinalIgnoreCase)
            )
            {
                return line[(name.Length + 1)..].Trim().ToString();
            }
        }

        return null;
    }
}
