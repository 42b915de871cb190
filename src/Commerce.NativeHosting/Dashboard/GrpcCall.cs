using System.Buffers.Binary;
using System.Globalization;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;

namespace Commerce.NativeHosting.Dashboard;

/// <summary>
/// One gRPC call on an HTTP/2 request, framed by hand: a compression flag, the length, the message; the status goes
/// into a trailer. The gRPC server package is not needed for five calls.
/// </summary>
internal sealed class GrpcCall(HttpContext context)
{
    public const int Ok = 0;
    public const int NotFound = 5;
    public const int Unauthenticated = 16;

    private const int HeadLength = 5;
    private const int LongestRequest = 1024 * 1024;

    public CancellationToken Aborted => context.RequestAborted;

    public string? Header(string name) => context.Request.Headers[name];

    /// <exception cref="InvalidDataException">Compressed or too long: the dashboard sends neither.</exception>
    public async Task<T> ReadAsync<T>(MessageParser<T> parser)
        where T : IMessage<T>
    {
        var head = new byte[HeadLength];
        await context.Request.Body.ReadExactlyAsync(head, Aborted);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1));
        if (head[0] != 0 || length is < 0 or > LongestRequest)
        {
            throw new InvalidDataException("A compressed or oversized message.");
        }

        var body = new byte[length];
        await context.Request.Body.ReadExactlyAsync(body, Aborted);
        return parser.ParseFrom(body);
    }

    /// <summary>Sends the headers, so that a stream without messages counts as open.</summary>
    public async Task BeginAsync()
    {
        if (!context.Response.HasStarted)
        {
            context.Response.ContentType = "application/grpc";
            await context.Response.StartAsync(Aborted);
        }
    }

    public async Task WriteAsync(IMessage message)
    {
        await BeginAsync();
        var body = message.ToByteArray();
        var frame = new byte[HeadLength + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame, HeadLength);
        await context.Response.Body.WriteAsync(frame, Aborted);
        await context.Response.Body.FlushAsync(Aborted);
    }

    public async Task EndAsync(int status, string? message = null)
    {
        await BeginAsync();
        context.Response.AppendTrailer("grpc-status", status.ToString(CultureInfo.InvariantCulture));
        if (message is not null)
        {
            context.Response.AppendTrailer("grpc-message", Uri.EscapeDataString(message));
        }
    }
}
