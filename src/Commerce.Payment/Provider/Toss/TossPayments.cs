using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Payment.Provider.Toss;

/// <summary>POST /v1/payments/confirm. Amount in whole KRW.</summary>
internal sealed record TossConfirm(string PaymentKey, string OrderId, long Amount);

/// <summary>POST /v1/payments/{paymentKey}/cancel; without an amount everything goes back.</summary>
internal sealed record TossCancel(string CancelReason);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(TossConfirm))]
[JsonSerializable(typeof(TossCancel))]
[JsonSerializable(typeof(ProviderPayment))]
[JsonSerializable(typeof(ProviderTransaction[]))]
[JsonSerializable(typeof(ProviderRefusal))]
internal sealed partial class TossJson : JsonSerializerContext;
