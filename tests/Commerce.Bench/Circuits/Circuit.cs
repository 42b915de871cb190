using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Commerce.Bench.Circuits;

/// <summary>
/// One visitor with a page open, as the storefront sees them: the prerendered page, its web socket, its components started
/// from the page's markers, every render acknowledged and every call into the browser answered. Nothing is drawn.
/// </summary>
internal sealed partial class Circuit : IAsyncDisposable
{
    private const long Invocation = 1;
    private const long Completion = 3;
    private const long Ping = 6;
    private const long CloseMessage = 7;

    private readonly ClientWebSocket _socket = new();
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly TaskCompletionSource<string> _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _drawn = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _leaving = new();
    private Task _listening = Task.CompletedTask;

    /// <summary>From the socket's opening to the first acknowledged render.</summary>
    public TimeSpan StartTime { get; private set; }

    /// <summary>Bytes of render batches so far.</summary>
    public long Rendered { get; private set; }

    /// <exception cref="InvalidOperationException">The page has no circuit, or the server refused it.</exception>
    public static async Task<Circuit> OpenAsync(Uri page, CancellationToken cancellationToken)
    {
        var cookies = new CookieContainer();
        var html = await HtmlAsync(page, cookies, cancellationToken);
        var circuit = new Circuit();
        try
        {
            await circuit.StartAsync(page, html, cookies, cancellationToken);
            return circuit;
        }
        catch
        {
            await circuit.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _leaving.CancelAsync();
        await _listening;
        // A socket that just ends would be kept by the server for a return.
        _socket.Dispose();
        _sending.Dispose();
        _leaving.Dispose();
    }

    private static async Task<string> HtmlAsync(Uri page, CookieContainer cookies, CancellationToken cancellationToken)
    {
        using var handler = new SocketsHttpHandler { CookieContainer = cookies };
        using var http = new HttpClient(handler);
        http.DefaultRequestHeaders.Add("Accept", "text/html");
        return await http.GetStringAsync(page, cancellationToken);
    }

    private async Task StartAsync(Uri page, string html, CookieContainer cookies, CancellationToken cancellationToken)
    {
        var root = new Uri(page, "/");
        var watch = Stopwatch.StartNew();
        _socket.Options.Cookies = cookies;
        await _socket.ConnectAsync(new UriBuilder(new Uri(root, "_blazor")) { Scheme = "ws" }.Uri, cancellationToken);
        await _socket.SendAsync(
            Encoding.UTF8.GetBytes("""{"protocol":"blazorpack","version":1}""" + "\u001e"),
            WebSocketMessageType.Text,
            endOfMessage: true,
            cancellationToken
        );
        _listening = ListenAsync();

        var state = State().Match(html).Groups["state"].Value;
        await SendAsync(
            Invocation,
            default(BlazorPack.Headers),
            "0",
            "StartCircuit",
            new object?[] { root.ToString(), page.ToString(), "[]", state },
            Array.Empty<object?>()
        );
        await _started.Task.WaitAsync(cancellationToken);
        await SendAsync(
            Invocation,
            default(BlazorPack.Headers),
            null,
            "UpdateRootComponents",
            new object?[] { Operations(html), state },
            Array.Empty<object?>()
        );
        await _drawn.Task.WaitAsync(cancellationToken);
        StartTime = watch.Elapsed;
    }

    /// <summary>What the browser's script makes of the comments around prerendered components.</summary>
    private static string Operations(string html)
    {
        var id = 0;
        var operations = new JsonArray();
        foreach (var marker in Marker().Matches(html).Select(match => JsonNode.Parse(match.Groups["json"].Value)!))
        {
            // The end of a component has its id alone.
            if (marker["type"] is null)
            {
                continue;
            }

            operations.Add(
                new JsonObject
                {
                    ["type"] = "add",
                    ["ssrComponentId"] = ++id,
                    ["marker"] = marker.DeepClone(),
                }
            );
        }

        if (id == 0)
        {
            throw new InvalidOperationException("The page has no component that a circuit would take over.");
        }

        return new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString();
    }

    private async Task ListenAsync()
    {
        var shaken = false;
        var frame = new MemoryStream();
        var buffer = new byte[32 * 1024];
        try
        {
            while (true)
            {
                frame.SetLength(0);
                ValueWebSocketReceiveResult part;
                do
                {
                    part = await _socket.ReceiveAsync(buffer.AsMemory(), _leaving.Token);
                    frame.Write(buffer, 0, part.Count);
                } while (!part.EndOfMessage);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    throw new InvalidOperationException("The server closed the circuit.");
                }

                ReadOnlyMemory<byte> rest = frame.GetBuffer().AsMemory(0, (int)frame.Length);
                if (!shaken)
                {
                    // The answer to the handshake is JSON and ends with a record separator.
                    rest = rest[(rest.Span.IndexOf((byte)0x1e) + 1)..];
                    shaken = true;
                }

                foreach (var message in BlazorPack.Read(rest))
                {
                    await TakeAsync(message);
                }
            }
        }
        catch (Exception end)
            when (end is OperationCanceledException or WebSocketException or InvalidOperationException)
        {
            _started.TrySetException(end);
            _drawn.TrySetException(end);
        }
    }

    private async Task TakeAsync(object?[] message)
    {
        switch (message[0])
        {
            case Ping:
                await SendAsync(Ping);
                break;
            case Completion:
                _started.TrySetResult(message[^1] as string ?? "");
                break;
            case CloseMessage:
                throw new InvalidOperationException($"The server ended the circuit: {message[1]}");
            case Invocation when message[4] is object?[] arguments:
                await AnswerAsync((string)message[3]!, arguments);
                break;
        }
    }

    private async Task AnswerAsync(string call, object?[] arguments)
    {
        switch (call)
        {
            case "JS.RenderBatch":
                Rendered += ((byte[])arguments[1]!).Length;
                await SendAsync(
                    Invocation,
                    default(BlazorPack.Headers),
                    null,
                    "OnRenderCompleted",
                    new object?[] { arguments[0], null },
                    Array.Empty<object?>()
                );
                break;
            case "JS.EndUpdateRootComponents":
                _drawn.TrySetResult();
                break;
            case "JS.BeginInvokeJS":
                var task = Convert.ToInt64(arguments[0], CultureInfo.InvariantCulture);
                await SendAsync(
                    Invocation,
                    default(BlazorPack.Headers),
                    null,
                    "EndInvokeJSFromDotNet",
                    new object?[] { task, true, JsonSerializer.Serialize(new object?[] { task, true, null }) },
                    Array.Empty<object?>()
                );
                break;
            case "JS.Error":
                throw new InvalidOperationException($"The circuit failed: {arguments[0]}");
        }
    }

    private async Task SendAsync(params object?[] message)
    {
        await _sending.WaitAsync(_leaving.Token);
        try
        {
            await _socket.SendAsync(
                BlazorPack.Write(message),
                WebSocketMessageType.Binary,
                endOfMessage: true,
                _leaving.Token
            );
        }
        finally
        {
            _sending.Release();
        }
    }

    [GeneratedRegex("<!--Blazor:(?<json>.*?)-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Marker();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[^-]*)-->", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex State();
}
