using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.PaymentProvider.Ledger;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(LedgerLine))]
[JsonSerializable(typeof(OrderLedger))]
[JsonSerializable(typeof(LedgerTotals))]
internal sealed partial class LedgerJson : JsonSerializerContext;
