using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Contracts;

namespace Commerce.Storefront.Tests.Components;

/// <summary>The other end of the storefront's HTTP calls: answers what a test laid out, and remembers what was asked.</summary>
internal sealed class ServicesOnTheWire : HttpMessageHandler
{
    private readonly ConcurrentDictionary<string, Func<HttpResponseMessage>> _answers = new(StringComparer.Ordinal);

    /// <summary><c>PUT /cart/items/… {"quantity":2}</c>, in the order in which it came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    public ConcurrentQueue<string> IdempotencyKeys { get; } = new();

    /// <param name="call">Method and path without query, such as <c>GET /cart</c>.</param>
    public void Answer<T>(string call, T value, HttpStatusCode status = HttpStatusCode.OK) =>
        _answers[call] = () =>
            new(status)
            {
                Content = new StringContent(JsonSerializer.Serialize(value, typeof(T), ContractsJson.Default)),
            };

    public void Refuse(string call, HttpStatusCode status, object? problem = null) =>
        _answers[call] = () =>
            new(status) { Content = JsonContent.Create(problem ?? new { title = status.ToString() }) };

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        var call = $"{request.Method} {request.RequestUri!.AbsolutePath}";
        var body = request.Content is null ? "" : " " + await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Enqueue(call + body);
        if (request.Headers.TryGetValues("Idempotency-Key", out var keys))
        {
            IdempotencyKeys.Enqueue(keys.Single());
        }

        return _answers.TryGetValue(call, out var answer)
            ? answer()
            : new(HttpStatusCode.NotFound) { Content = JsonContent.Create(new { title = "Nobody answers " + call }) };
    }
}
