using System.Text.RegularExpressions;

namespace Commerce.Platform.Tests.Security;

/// <summary>Finds what logs and traces must not hold: by its shape, and by the words that a test planted.</summary>
internal sealed partial class LeakScanner(params IReadOnlyCollection<string> planted)
{
    private const int MostShown = 160;

    /// <summary>Every find with what it is and the text around it.</summary>
    public IEnumerable<string> Scan(string source, string text)
    {
        // Ids of spans are 16 digits of any kind; some look like card numbers.
        text = SpanId().Replace(text, "");
        foreach (var word in planted)
        {
            var at = text.IndexOf(word, StringComparison.Ordinal);
            if (at >= 0)
                yield return Tell(source, "a planted word", text, at);
        }
        foreach (Match match in Token().Matches(text))
            yield return Tell(source, "a token", text, match.Index);
        foreach (Match match in CardToken().Matches(text))
            yield return Tell(source, "a card token", text, match.Index);
        foreach (Match match in Phone().Matches(text))
            yield return Tell(source, "a phone number", text, match.Index);
        foreach (Match match in CardNumber().Matches(text))
        {
            if (IsCard(match.Value))
                yield return Tell(source, "a card number", text, match.Index);
        }
        foreach (Match match in Password().Matches(text))
            yield return Tell(source, "a password", text, match.Index);
    }

    /// <summary>The check digit of card numbers (Luhn).</summary>
    private static bool IsCard(string text)
    {
        var digits = text.Where(char.IsAsciiDigit).Select(c => c - '0').Reverse().ToList();
        return digits.Count is >= 14 and <= 16
            && digits.Select((digit, i) => i % 2 == 0 ? digit : (digit * 2 / 10) + (digit * 2 % 10)).Sum() % 10 == 0;
    }

    private static string Tell(string source, string what, string text, int at)
    {
        var start = Math.Max(0, at - (MostShown / 2));
        return $"{source}: {what} in …{text[start..Math.Min(text.Length, start + MostShown)].ReplaceLineEndings(" ")}…";
    }

    [GeneratedRegex(
        "\"(traceId|spanId|parentSpanId)\":\\s*\"[0-9a-f]{16,32}\"",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex SpanId();

    // JWTs begin with {" in base64url, header and payload alike.
    [GeneratedRegex(@"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex Token();

    [GeneratedRegex("tok_[A-Za-z0-9]{24}", RegexOptions.CultureInvariant, 10_000)]
    private static partial Regex CardToken();

    // Not a part of an id or of a longer number.
    [GeneratedRegex(
        @"(?<![0-9A-Za-z.\-])(010-?[0-9]{4}-?[0-9]{4}|\+82-?10-?[0-9]{4}-?[0-9]{4})(?![0-9A-Za-z\-])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Phone();

    // Card numbers begin with 3 to 6 or 9; times in nanoseconds and milliseconds with 1.
    [GeneratedRegex(
        @"(?<![0-9A-Za-z.\-_/])[3-69][0-9]{3}(?<gap>[ -]?)[0-9]{4}\k<gap>[0-9]{4}\k<gap>[0-9]{2,4}(?![0-9A-Za-z\-_])",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex CardNumber();

    [GeneratedRegex(
        "(password|passwd|pwd)[\"']?\\s*[=:]\\s*[\"']?(?!\\*|null|x'|\\s|;|,|@|\\$)[^\\s;,\"']{4,}",
        RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        10_000
    )]
    private static partial Regex Password();
}
