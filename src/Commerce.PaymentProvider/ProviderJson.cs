using System.Text.Json;
using System.Text.Json.Serialization;
using Commerce.PaymentProvider.Ledger;
using Commerce.PaymentProvider.Payments;

namespace Commerce.PaymentProvider;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfirmRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(Transaction[]))]
[JsonSerializable(typeof(ProviderError))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(OrderLedger))]
[JsonSerializable(typeof(LedgerTotals))]
internal sealed partial class ProviderJson : JsonSerializerContext;
