using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.PaymentProvider.Payments;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ConfirmRequest))]
[JsonSerializable(typeof(CancelRequest))]
[JsonSerializable(typeof(Transaction[]))]
internal sealed partial class PaymentJson : JsonSerializerContext;
