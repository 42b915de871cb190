using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Commerce.Platform.Tests.Security.Fuzzing;

/// <summary>Bodies by schema: first one that may be right, then one thing or another wrong with it.</summary>
internal sealed class FuzzBody(FuzzPeople people, Random random, Operation operation)
{
    private const int Deepest = 6;

    /// <summary>The body's bytes as its schema wants them, most of the time with some fault.</summary>
    public byte[] Make(JsonElement schema)
    {
        var node = Value(schema, "", 0);
        var faults = random.Next(10) switch
        {
            < 3 => 0,
            < 8 => 1,
            _ => 3,
        };
        for (var i = 0; i < faults; i++)
            node = Spoil(node);
        var text = (node?.ToJsonString() ?? "null").Replace(
            FuzzWords.HalfPair,
            random.Next(2) == 0 ? "\\ud83c" : "\\udf4e",
            StringComparison.Ordinal
        );
        return Whole(text);
    }

    /// <summary>A value that the schema allows.</summary>
    public JsonNode? Value(JsonElement schema, string name, int depth)
    {
        schema = Resolve(schema);
        if (depth > Deepest)
            return null;
        if (schema.TryGetProperty("enum", out var words) && words.GetArrayLength() > 0)
            return JsonNode.Parse(words[random.Next(words.GetArrayLength())].GetRawText());
        return Type(schema) switch
        {
            "object" => Object(schema, depth),
            "array" => Array(schema, name, depth),
            "integer" => JsonValue.Create(FuzzPeople.Number(name) ?? random.Next(1, 30)),
            "number" => JsonValue.Create(FuzzPeople.Number(name) ?? random.Next(1, 30)),
            "boolean" => JsonValue.Create(random.Next(2) == 0),
            _ => JsonValue.Create(Text(schema, name)),
        };
    }

    public string Text(JsonElement schema, string name)
    {
        var format = schema.TryGetProperty("format", out var given) ? given.GetString() : null;
        return people.Suggest(random, name, operation.Path)
            ?? format switch
            {
                "uuid" => $"{new Guid(Bytes(16))}",
                "date" => random.Next(4) == 0
                    ? FuzzWords.Days[random.Next(FuzzWords.Days.Length)]
                    : $"2026-11-{random.Next(1, 22):00}",
                "date-time" => new DateTimeOffset(2026, 11, 21, 0, 0, 0, TimeSpan.Zero).ToString("O"),
                _ => $"시험 {random.Next(1000)}",
            };
    }

    /// <summary>The schema itself, wherever it stands; of several the first that is not null.</summary>
    public JsonElement Resolve(JsonElement schema)
    {
        while (true)
        {
            if (schema.TryGetProperty("$ref", out var reference))
            {
                schema = reference
                    .GetString()!
                    .Split('/')[1..]
                    .Aggregate(operation.Document, (at, part) => at.GetProperty(part));
            }
            else if (schema.TryGetProperty("oneOf", out var either) || schema.TryGetProperty("anyOf", out either))
            {
                schema = either.EnumerateArray().First(one => Type(one) != "null");
            }
            else
            {
                return schema;
            }
        }
    }

    /// <summary>The first of a schema's types that is not null.</summary>
    private static string? Type(JsonElement schema) =>
        !schema.TryGetProperty("type", out var type) ? (schema.TryGetProperty("properties", out _) ? "object" : null)
        : type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(one => one.GetString()).FirstOrDefault(one => one != "null")
        : type.GetString();

    private JsonObject Object(JsonElement schema, int depth)
    {
        var made = new JsonObject();
        if (schema.TryGetProperty("properties", out var properties))
        {
            foreach (var property in properties.EnumerateObject())
                made[property.Name] = Value(property.Value, property.Name, depth + 1);
        }
        return made;
    }

    private JsonArray Array(JsonElement schema, string name, int depth)
    {
        var made = new JsonArray();
        var item = schema.TryGetProperty("items", out var items) ? items : default;
        if (item.ValueKind != JsonValueKind.Object)
            return made;
        var singular = name == "ids" ? "id" : name;
        for (var i = random.Next(1, 3); i > 0; i--)
            made.Add(Value(item, singular, depth + 1));
        return made;
    }

    private JsonNode? Spoil(JsonNode? node)
    {
        var places = Places(node).ToList();
        if (places.Count == 0)
            return Other();
        var (parent, key) = places[random.Next(places.Count)];
        if (parent is JsonObject fields)
        {
            if (random.Next(6) == 0)
                fields.Remove((string)key);
            else
                fields[(string)key] = Other();
            if (random.Next(20) == 0)
                fields[FuzzWords.Texts[random.Next(FuzzWords.Texts.Length)]] = Other();
        }
        else if (parent is JsonArray list)
        {
            list[(int)key] = Other();
            for (var i = random.Next(8) == 0 ? 200 : 0; i > 0; i--)
                list.Add(list[0]?.DeepClone());
        }
        return node;
    }

    private JsonNode? Other() =>
        random.Next(10) switch
        {
            < 5 => JsonValue.Create(FuzzWords.Texts[random.Next(FuzzWords.Texts.Length)]),
            < 8 => JsonNode.Parse(FuzzWords.Numbers[random.Next(FuzzWords.Numbers.Length)]),
            _ => JsonNode.Parse(FuzzWords.Others[random.Next(FuzzWords.Others.Length)]),
        };

    private static IEnumerable<(JsonNode Parent, object Key)> Places(JsonNode? node)
    {
        if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields)
            {
                yield return (fields, name);
                foreach (var place in Places(value))
                    yield return place;
            }
        }
        else if (node is JsonArray list)
        {
            for (var i = 0; i < list.Count; i++)
            {
                yield return (list, i);
                foreach (var place in Places(list[i]))
                    yield return place;
            }
        }
    }

    /// <summary>Now and then the text as a whole is wrong.</summary>
    private byte[] Whole(string json) =>
        random.Next(60) switch
        {
            0 => [],
            1 => Encoding.UTF8.GetBytes(json[..random.Next(json.Length)]),
            2 => Encoding.UTF8.GetBytes($"[{json}]"),
            3 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("[", 5_000))),
            4 => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"items\":", 500))),
            5 => Encoding.UTF8.GetBytes(json + json),
            6 => [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(json)],
            7 => Encoding.Unicode.GetBytes(json),
            8 => [.. Encoding.UTF8.GetBytes(json[..(json.Length / 2)]), 0xC3, 0x28, 0xFF],
            9 => Bytes(random.Next(200)),
            10 => Encoding.UTF8.GetBytes($"// note\n{json},"),
            11 => Encoding.UTF8.GetBytes("null"),
            12 when random.Next(8) == 0 => Encoding.UTF8.GetBytes($"\"{new string('x', 300_000)}\""),
            _ => Encoding.UTF8.GetBytes(json),
        };

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        random.NextBytes(bytes);
        return bytes;
    }
}
