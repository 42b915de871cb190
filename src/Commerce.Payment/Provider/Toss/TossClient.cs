using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Commerce.Payment.Provider.Toss;

/// <summary>
/// Toss Payments, or what speaks like it, over HTTP: its words, and none where its answer is of no use.
/// </summary>
internal sealed class TossClient : IPaymentProvider, IDisposable
{
    private const string AlreadyProcessed = "ALREADY_PROCESSED_PAYMENT";
    private const string AlreadyCancelled = "ALREADY_CANCELED_PAYMENT";
    private const string NotFound = "NOT_FOUND_PAYMENT";

    // Refusals that are about us, not about the shopper's means of payment: mended by configuration, then asked again.
    private static readonly HashSet<string> OwnFaults = new(StringComparer.Ordinal)
    {
        "UNAUTHORIZED_KEY",
        "INVALID_API_KEY",
        "INCORRECT_BASIC_AUTH_FORMAT",
        "FORBIDDEN_REQUEST",
        "INVALID_IDEMPOTENCY_KEY",
    };

    private static readonly TimeSpan Korea = TimeSpan.FromHours(9);

    private readonly HttpClient _http;
    private readonly ILogger<TossClient> _logger;
    private readonly TimeProvider _clock;

    public TossClient(TossOptions options, ILogger<TossClient> logger, TimeProvider clock)
    {
        // Not from the factory: its logs and the handler's own spans name the URL, which has the payment key in it.
        _http = new HttpClient(
            new SocketsHttpHandler
            {
                ActivityHeadersPropagator = null,
                AllowAutoRedirect = false,
                ConnectTimeout = TimeSpan.FromSeconds(2),
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            }
        )
        {
            BaseAddress = options.BaseAddress,
            Timeout = options.Timeout,
            MaxResponseContentBufferSize = 1024 * 1024,
        };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(options.SecretKey + ":"))
        );
        _logger = logger;
        _clock = clock;
    }

    public async Task<ProviderAnswer> ConfirmAsync(ConfirmRequest request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Post,
            "v1/payments/confirm",
            request.IdempotencyKey,
            JsonContent.Create(
                new TossConfirm(request.Token, $"{request.OrderId}", request.AmountKrw),
                TossJson.Default.TossConfirm
            ),
            cancellationToken
        );
        var answer = await AnswerAsync(response, request.OrderId, cancellationToken);
        if (answer.Refusal?.Code != AlreadyProcessed)
        {
            return answer;
        }

        // Either it was us and the provider no longer knows the key, or the token has paid for something else.
        var found = await FindAsync($"v1/payments/orders/{request.OrderId}", request.OrderId, cancellationToken);
        return found.Refusal is null ? found
            : found.Refusal.Code == NotFound ? answer
            : ProviderAnswer.None;
    }

    public async Task<ProviderAnswer> CancelAsync(CancelRequest request, CancellationToken cancellationToken)
    {
        var path = $"v1/payments/{Uri.EscapeDataString(request.PaymentKey)}";
        using var response = await SendAsync(
            HttpMethod.Post,
            $"{path}/cancel",
            request.IdempotencyKey,
            JsonContent.Create(new TossCancel("주문 취소"), TossJson.Default.TossCancel),
            cancellationToken
        );
        var answer = await AnswerAsync(response, request.OrderId, cancellationToken);
        if (answer.Refusal?.Code == AlreadyCancelled)
        {
            return await FindAsync(path, request.OrderId, cancellationToken);
        }

        if (answer.Refusal is { } refusal)
        {
            // Owed money is never given up: someone has to look, and it is asked again until then.
            _logger.LogError("The provider refuses to refund order {OrderId}: {Code}", request.OrderId, refusal.Code);
        }

        return answer;
    }

    /// <summary>What moved money since then, oldest first, behind a transaction; empty at the end, null without a usable answer.</summary>
    public async Task<IReadOnlyList<ProviderTransaction>?> TransactionsAsync(
        DateTimeOffset since,
        string? after,
        CancellationToken cancellationToken
    )
    {
        var (from, to) = (Local(since), Local(_clock.GetUtcNow().AddDays(1)));
        var path = $"v1/transactions?startDate={from}&endDate={to}&limit=1000";
        using var response = await SendAsync(
            HttpMethod.Get,
            after is null ? path : $"{path}&startingAfter={Uri.EscapeDataString(after)}",
            null,
            null,
            cancellationToken
        );
        return response.IsSuccessStatusCode
            ? await ReadAsync(response, TossJson.Default.ProviderTransactionArray, cancellationToken)
            : null;
    }

    public void Dispose() => _http.Dispose();

    // The provider's dates are Korean and say no offset.
    private static string Local(DateTimeOffset time) =>
        time.ToOffset(Korea).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private async Task<ProviderAnswer> FindAsync(string path, Guid orderId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, null, cancellationToken);
        return await AnswerAsync(response, orderId, cancellationToken);
    }

    private async Task<ProviderAnswer> AnswerAsync(
        HttpResponseMessage response,
        Guid orderId,
        CancellationToken cancellationToken
    ) =>
        response.IsSuccessStatusCode
            ? new(await PaymentAsync(response, orderId, cancellationToken), null)
            : new(null, await RefusalAsync(response, orderId, cancellationToken));

    private async Task<ProviderPayment?> PaymentAsync(
        HttpResponseMessage response,
        Guid orderId,
        CancellationToken cancellationToken
    )
    {
        var payment = await ReadAsync(response, TossJson.Default.ProviderPayment, cancellationToken);
        if (payment is not null && payment.OrderId != $"{orderId}")
        {
            _logger.LogError("The provider's answer for order {OrderId} is not about it", orderId);
            return null;
        }

        return payment;
    }

    private async Task<HttpResponseMessage> SendAsync(
        HttpMethod method,
        string path,
        string? idempotencyKey,
        HttpContent? content,
        CancellationToken cancellationToken
    )
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        if (Activity.Current is { } activity)
        {
            request.Headers.Add("traceparent", activity.Id);
        }

        return await _http.SendAsync(request, cancellationToken);
    }

    /// <summary>What the provider refused for; null when it is not a refusal but a failure, of the provider or of ours.</summary>
    private async Task<ProviderRefusal?> RefusalAsync(
        HttpResponseMessage response,
        Guid orderId,
        CancellationToken cancellationToken
    )
    {
        var error = await ReadAsync(response, TossJson.Default.ProviderRefusal, cancellationToken);
        var failure =
            (int)response.StatusCode is >= 500 or < 400
            || response.StatusCode
                is HttpStatusCode.RequestTimeout
                    or HttpStatusCode.Conflict
                    or HttpStatusCode.TooManyRequests
                    or HttpStatusCode.Unauthorized;
        if (!failure && error?.Code is not null && !OwnFaults.Contains(error.Code))
        {
            return error;
        }

        _logger.LogWarning(
            "The provider answered {Status} {Code} for order {OrderId}; asking again later",
            (int)response.StatusCode,
            error?.Code,
            orderId
        );
        return null;
    }

    private static async Task<T?> ReadAsync<T>(
        HttpResponseMessage response,
        JsonTypeInfo<T> type,
        CancellationToken cancellationToken
    )
        where T : class
    {
        try
        {
            return await response.Content.ReadFromJsonAsync(type, cancellationToken);
        }
        catch (JsonException)
        {
            // Something between us and the provider answered.
            return null;
        }
    }
}
