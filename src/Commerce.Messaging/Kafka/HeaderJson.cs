using System.Text.Json.Serialization;

namespace Commerce.Messaging.Kafka;

/// <summary>Headers of a message as they are kept in the database: one JSON object of texts.</summary>
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class HeaderJson : JsonSerializerContext;
