using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Commerce.Messaging.Diagnostics;

namespace Commerce.Messaging.Outbox;

/// <summary>Both directions between an event record and its <c>ce_type</c> with JSON.</summary>
internal sealed class EventCatalog
{
    private readonly FrozenDictionary<Type, (string Name, JsonTypeInfo Json)> _byType;
    private readonly FrozenDictionary<string, JsonTypeInfo> _byName;

    /// <param name="eventTypes">The <c>ce_type</c> of each event record.</param>
    /// <exception cref="ArgumentException">A record has no metadata in <paramref name="json"/>.</exception>
    public EventCatalog(IReadOnlyDictionary<Type, string> eventTypes, JsonSerializerContext json)
    {
        _byType = eventTypes.ToFrozenDictionary(
            pair => pair.Key,
            pair =>
                (
                    pair.Value,
                    json.GetTypeInfo(pair.Key)
                        ?? throw new ArgumentException(
                            $"{pair.Key} has no JSON metadata in {json.GetType()}.",
                            nameof(eventTypes)
                        )
                )
        );
        _byName = _byType.Values.ToFrozenDictionary(entry => entry.Name, entry => entry.Json, StringComparer.Ordinal);
    }

    /// <exception cref="ArgumentException">The payload's type has no registered event type.</exception>
    public (string Type, string Json) Serialize(object payload) =>
        _byType.TryGetValue(payload.GetType(), out var entry)
            ? (entry.Name, JsonSerializer.Serialize(payload, entry.Json))
            : throw new ArgumentException($"{payload.GetType()} is no registered event.", nameof(payload));

    /// <summary>The event record of a known type, or null and why the data cannot be it. Never throws, whatever the data are.</summary>
    public object? Read(string type, ReadOnlySpan<byte> data, out string? fault)
    {
        fault = null;
        try
        {
            return JsonSerializer.Deserialize(data, _byName[type]) ?? throw new JsonException("The data are null.");
        }
        catch (Exception exception)
        {
            // Also what a record's constructor thinks of its values.
            fault = ErrorText.Of(exception);
            return null;
        }
    }
}
