using System.Net.Http.Headers;
using System.Text;

namespace Commerce.Platform.Tests.Security.Fuzzing;

/// <summary>One request of the fuzzer, whole before it is sent, so that a failure can be told and sent again.</summary>
internal sealed record FuzzRequest(
    Operation Operation,
    HttpMethod Method,
    string Address,
    string Role,
    Person? Person,
    string? ContentType,
    byte[]? Body,
    IReadOnlyDictionary<string, string> Headers
)
{
    private const int MostShown = 1_500;

    /// <summary>The <paramref name="number"/>th request of a seed: the same whatever was made before it.</summary>
    public static FuzzRequest Make(int seed, int number, IReadOnlyList<Operation> operations, FuzzPeople people)
    {
        var random = new Random(HashCode(seed, number));
        var operation = operations[number % operations.Count];
        var (role, person) = people.Pick(random, operation);
        var body = new FuzzBody(people, random, operation);
        var (path, query) = Aim(operation, body, random);
        var (type, bytes) = Content(operation, body, random);
        var headers = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Idempotency-Key"] = $"fuzz-{seed}-{number}",
            ["X-Cart-Id"] = $"fuzz-cart-{random.Next(5):D8}",
            ["X-Forwarded-For"] = Caller.Next(),
        };
        if (random.Next(20) == 0)
            headers["Idempotency-Key"] = FuzzWords.Headers[random.Next(FuzzWords.Headers.Length)];
        if (random.Next(20) == 0)
            headers["X-Cart-Id"] = FuzzWords.Headers[random.Next(FuzzWords.Headers.Length)];
        if (random.Next(20) == 0)
            headers["Accept"] = random.Next(2) == 0 ? "text/html" : "nonsense";
        if (random.Next(50) == 0)
            headers["Authorization"] = FuzzWords.Headers[random.Next(FuzzWords.Headers.Length)];
        var method =
            random.Next(50) == 0
                ? new[] { HttpMethod.Patch, HttpMethod.Delete, HttpMethod.Options, HttpMethod.Trace }[random.Next(4)]
                : operation.Method;
        return new(operation, method, path + query, role, person, type, bytes, headers);
    }

    public HttpRequestMessage ToMessage(string service)
    {
        var message = new HttpRequestMessage(
            Method,
            new Uri(
                service.TrimEnd('/') + Address,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            )
        );
        if (Person is not null && !Headers.ContainsKey("Authorization"))
            message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Person.AccessToken);
        foreach (var (name, value) in Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            if (ContentType is not null)
                message.Content.Headers.TryAddWithoutValidation("Content-Type", ContentType);
        }
        return message;
    }

    public override string ToString()
    {
        var body = Body is null ? "" : Encoding.UTF8.GetString(Body.AsSpan(0, Math.Min(Body.Length, MostShown)));
        var headers = string.Join(", ", Headers.Select(header => $"{header.Key}: {header.Value}"));
        return $"{Operation.Service} {Method} {Address} as {Role} [{ContentType}] {{{headers}}}\n    {body}";
    }

    // Not System.HashCode: that one differs from process to process.
    private static int HashCode(int seed, int number) => unchecked((seed * 486_187_739) + (number * 16_777_619));

    private static (string Path, string Query) Aim(Operation operation, FuzzBody body, Random random)
    {
        var path = operation.Path;
        var query = new StringBuilder();
        var parameters = operation.Details.TryGetProperty("parameters", out var listed)
            ? listed.EnumerateArray().ToList()
            : [];
        foreach (var parameter in parameters)
        {
            var name = parameter.GetProperty("name").GetString()!;
            var schema = parameter.TryGetProperty("schema", out var given) ? given : parameter;
            var value = random.Next(5) == 0 ? Word(random) : body.Value(schema, name, 0)?.ToString() ?? "";
            if (parameter.GetProperty("in").GetString() == "path")
                path = path.Replace($"{{{name}}}", Escape(value.Length == 0 ? "x" : value), StringComparison.Ordinal);
            else if (random.Next(3) > 0)
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Escape(value));
        }
        if (random.Next(30) == 0)
            query.Append(query.Length == 0 ? '?' : '&').Append(Escape(Word(random))).Append("=%zz&&=&a[]=1&%ff");
        if (random.Next(40) == 0)
            path += new[] { "/", "//", "/../x", "/%2e%2e/x", "%20", ";x=1", "/%c0%af" }[random.Next(7)];
        return (path, query.ToString());
    }

    private static (string? Type, byte[]? Bytes) Content(Operation operation, FuzzBody body, Random random)
    {
        if (!operation.Details.TryGetProperty("requestBody", out var described))
            return (null, null);
        var type = described.GetProperty("content").EnumerateObject().First();
        var sent =
            random.Next(30) == 0 ? FuzzWords.ContentTypes[random.Next(FuzzWords.ContentTypes.Length)] : type.Name;
        if (type.Name.Contains("json", StringComparison.Ordinal))
            return (sent, body.Make(type.Value.GetProperty("schema")));
        return (sent, Table(random));
    }

    /// <summary>A file of fruits; cells may hold anything.</summary>
    private static byte[] Table(Random random)
    {
        const string Head = "상품명,품종,분류,등급,당도,중량(kg),최소과수,최대과수,가격(원),제철시작,제철끝,재고";
        var rows = Enumerable
            .Range(0, random.Next(4))
            .Select(_ =>
            {
                string[] cells = [$"사과 {random.Next()}", .. "부사,사과,특,15.2,5,13,16,39900,10,4,30".Split(',')];
                cells[random.Next(cells.Length)] = Word(random);
                return string.Join(',', cells);
            });
        var text = string.Join('\n', rows.Prepend(random.Next(10) == 0 ? Word(random) : Head));
        return random.Next(10) == 0 ? Encoding.Unicode.GetBytes(text) : Encoding.UTF8.GetBytes(text);
    }

    /// <summary>A text, now and then a number; short enough for an address.</summary>
    private static string Word(Random random)
    {
        var word =
            random.Next(4) == 0
                ? FuzzWords.Numbers[random.Next(FuzzWords.Numbers.Length)]
                : FuzzWords.Texts[random.Next(FuzzWords.Texts.Length)];
        return word.Length > 800 ? word[..800] : word;
    }

    // A zero byte is refused by the server before anything of ours sees the request, with a bare 400.
    private static string Escape(string value) =>
        Uri.EscapeDataString(value.Replace("\0", "", StringComparison.Ordinal))
            .Replace(Uri.EscapeDataString(FuzzWords.HalfPair), "%ed%a0%bc", StringComparison.Ordinal);
}
