using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Messaging.Gaps;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(ControlRecord))]
[JsonSerializable(typeof(RepublishRequest))]
internal sealed partial class GapJson : JsonSerializerContext;
