using System.Text.Encodings.Web;
using System.Text.Json;

namespace Commerce.Storefront.AdminDesk;

/// <summary>JSON for people: indented, Korean as letters. What is none is shown as it is. The page encodes it for HTML.</summary>
internal static class PrettyJson
{
    private static readonly JsonSerializerOptions Indented = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(JsonElement json) => JsonSerializer.Serialize(json, Indented);

    public static string Of(string text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return Of(json.RootElement);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}
