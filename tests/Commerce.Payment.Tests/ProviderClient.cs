using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Commerce.Payment.Tests;

/// <summary>What the provider's books say. Whole KRW.</summary>
internal sealed record Ledger(IReadOnlyList<LedgerLine> Charges, IReadOnlyList<LedgerLine> Refunds, long BalanceKrw);

internal sealed record LedgerLine(string PaymentKey, long Amount, string IdempotencyKey);

/// <summary>Speaks to the provider as any merchant would, to look behind our service's back.</summary>
internal sealed class ProviderClient(Uri address) : IDisposable
{
    public const string SecretKey = "test_sk_0123456789abcdef";

    public HttpClient Http { get; } =
        new()
        {
            BaseAddress = address,
            DefaultRequestHeaders = { Authorization = Basic(SecretKey) },
            Timeout = TimeSpan.FromSeconds(20),
        };

    /// <summary>A token as the shop makes them: <c>tok_</c> and 24 characters, beginning with the fault.</summary>
    public static string Token(string fault = "") => "tok_" + (fault + Guid.NewGuid().ToString("N"))[..24];

    public static AuthenticationHeaderValue Basic(string key) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(key + ":")));

    public async Task<HttpResponseMessage> ConfirmAsync(
        string paymentKey,
        Guid orderId,
        long amount,
        string? idempotencyKey = null,
        CancellationToken cancellationToken = default
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/payments/confirm")
        {
            Content = JsonContent.Create(
                new
                {
                    paymentKey,
                    orderId = $"{orderId}",
                    amount,
                }
            ),
        };
        request.Headers.Add("Idempotency-Key", idempotencyKey ?? $"key-{orderId}");
        return await Http.SendAsync(request, cancellationToken);
    }

    public async Task<HttpResponseMessage> CancelAsync(string paymentKey, string? idempotencyKey = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"v1/payments/{paymentKey}/cancel")
        {
            Content = JsonContent.Create(new { cancelReason = "시험" }),
        };
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await Http.SendAsync(request);
    }

    public async Task<Ledger> LedgerAsync(Guid orderId) =>
        (await Http.GetFromJsonAsync<Ledger>($"v1/ledger?orderId={orderId}"))!;

    public void Dispose() => Http.Dispose();
}

internal static class Json
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static string? Text(this JsonElement element, string property) => element.GetProperty(property).GetString();
}
