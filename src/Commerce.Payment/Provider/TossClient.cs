using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.Payment.Charging;

namespace Commerce.Payment.Provider;

/// <summary>
/// Asks the provider, and says what its answer means for the payment; null when there is no usable answer and it has to be
/// asked again with the same key. Nothing is retried in here.
/// </summary>
internal sealed class TossClient : IDisposable
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

    public TossClient(ProviderOptions options, ILogger<TossClient> logger, TimeProvider clock)
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

    /// <summary><see cref="Fact.Charged"/>, <see cref="Fact.Refused"/> or null.</summary>
    public async Task<Fact?> ConfirmAsync(OrderPayment payment, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Post,
            "v1/payments/confirm",
            $"{payment.PaymentId}",
            JsonContent.Create(
                new TossConfirm(payment.Token!, $"{payment.OrderId}", payment.AmountKrw!.Value),
                TossJson.Default.TossConfirm
            ),
            cancellationToken
        );
        if (response.IsSuccessStatusCode)
        {
            return Meaning(payment, await ReadAsync(response, TossJson.Default.TossPayment, cancellationToken));
        }

        var error = await RefusalAsync(response, payment.OrderId, cancellationToken);
        return error?.Code switch
        {
            null => null,
            // Either it was us and the provider no longer knows the key, or the token has paid for something else.
            AlreadyProcessed => await LookUpAsync(payment, error, cancellationToken),
            _ => new Fact.Refused(error.Code, error.Message),
        };
    }

    /// <summary><see cref="Fact.Refunded"/> or null.</summary>
    public async Task<Fact?> RefundAsync(OrderPayment payment, CancellationToken cancellationToken)
    {
        var path = $"v1/payments/{Uri.EscapeDataString(payment.PaymentKey!)}";
        using var response = await SendAsync(
            HttpMethod.Post,
            $"{path}/cancel",
            $"{payment.PaymentId}-refund",
            JsonContent.Create(new TossCancel("주문 취소"), TossJson.Default.TossCancel),
            cancellationToken
        );
        if (response.IsSuccessStatusCode)
        {
            return Refunded(await ReadAsync(response, TossJson.Default.TossPayment, cancellationToken));
        }

        var error = await RefusalAsync(response, payment.OrderId, cancellationToken);
        if (error?.Code == AlreadyCancelled)
        {
            using var found = await SendAsync(HttpMethod.Get, path, null, null, cancellationToken);
            return found.IsSuccessStatusCode
                ? Refunded(await ReadAsync(found, TossJson.Default.TossPayment, cancellationToken))
                : null;
        }

        if (error is not null)
        {
            // Owed money is never given up: someone has to look, and it is asked again until then.
            _logger.LogError("The provider refuses to refund order {OrderId}: {Code}", payment.OrderId, error.Code);
        }

        return null;
    }

    /// <summary>What moved money since then, oldest first, behind a transaction; empty at the end, null without a usable answer.</summary>
    public async Task<IReadOnlyList<TossTransaction>?> TransactionsAsync(
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
            ? await ReadAsync(response, TossJson.Default.TossTransactionArray, cancellationToken)
            : null;
    }

    public void Dispose() => _http.Dispose();

    // The provider's dates are Korean and say no offset.
    private static string Local(DateTimeOffset time) =>
        time.ToOffset(Korea).ToString("yyyy-MM-dd'T'HH:mm:ss", CultureInfo.InvariantCulture);

    private async Task<Fact?> LookUpAsync(OrderPayment payment, TossError error, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Get,
            $"v1/payments/orders/{payment.OrderId}",
            null,
            null,
            cancellationToken
        );
        if (response.IsSuccessStatusCode)
        {
            return Meaning(payment, await ReadAsync(response, TossJson.Default.TossPayment, cancellationToken));
        }

        var refusal = await RefusalAsync(response, payment.OrderId, cancellationToken);
        return refusal?.Code == NotFound ? new Fact.Refused(error.Code, error.Message) : null;
    }

    private Fact? Meaning(OrderPayment payment, TossPayment? answer)
    {
        if (answer is null || answer.OrderId != $"{payment.OrderId}" || answer.Currency != "KRW")
        {
            _logger.LogError("The provider's answer for order {OrderId} is not about it", payment.OrderId);
            return null;
        }

        return answer.Status switch
        {
            "DONE" => new Fact.Charged(answer.PaymentKey, answer.TotalAmount, Utc(answer.ApprovedAt)),
            "ABORTED" or "EXPIRED" or "CANCELED" => new Fact.Refused(
                $"PAYMENT_{answer.Status}",
                "The provider ended the payment without taking money."
            ),
            _ => null,
        };
    }

    private Fact.Refunded? Refunded(TossPayment? answer) =>
        answer is { Status: "CANCELED" }
            ? new Fact.Refunded(Utc(answer.Cancels is [.., var last] ? last.CanceledAt : null))
            : null;

    private DateTimeOffset Utc(DateTimeOffset? at) => at?.ToUniversalTime() ?? _clock.GetUtcNow();

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
    private async Task<TossError?> RefusalAsync(
        HttpResponseMessage response,
        Guid orderId,
        CancellationToken cancellationToken
    )
    {
        var error = await ReadAsync(response, TossJson.Default.TossError, cancellationToken);
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
