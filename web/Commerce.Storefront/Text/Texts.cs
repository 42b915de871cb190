using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.Text;

/// <summary>
/// The shop's words: <c>Resources/{area}.{ko|en}.json</c>, flat key → text, embedded. A key that is missing shows itself, and a
/// test compares both languages and every key that a page uses. <c>{0|box|boxes}</c> is the first word when argument 0 is 1.
/// </summary>
internal sealed partial class Texts : IStringLocalizer
{
    private static readonly FrozenDictionary<string, FrozenDictionary<string, string>> Languages = Load();

    public LocalizedString this[string name]
    {
        get
        {
            var found = Current.TryGetValue(name, out var text);
            return new(name, text ?? name, resourceNotFound: !found);
        }
    }

    public LocalizedString this[string name, params object[] arguments]
    {
        get
        {
            var found = Current.TryGetValue(name, out var text);
            return new(
                name,
                found ? string.Format(CultureInfo.CurrentCulture, Numbered(text!, arguments), arguments) : name,
                resourceNotFound: !found
            );
        }
    }

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) =>
        Current.Select(t => new LocalizedString(t.Key, t.Value));

    /// <summary>All texts of a language, <c>ko</c> or <c>en</c>.</summary>
    public static FrozenDictionary<string, string> Of(string language) => Languages[language];

    private static string Numbered(string text, object[] arguments) =>
        text.Contains('|', StringComparison.Ordinal)
            ? Plural()
                .Replace(
                    text,
                    m =>
                        arguments[int.Parse(m.Groups["argument"].ValueSpan, CultureInfo.InvariantCulture)].ToString()
                            is "1"
                            ? m.Groups["one"].Value
                            : m.Groups["many"].Value
                )
            : text;

    [GeneratedRegex(@"\{(?<argument>\d)\|(?<one>[^|{}]*)\|(?<many>[^|{}]*)\}", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Plural();

    private static FrozenDictionary<string, string> Current =>
        Languages.TryGetValue(CultureInfo.CurrentUICulture.TwoLetterISOLanguageName, out var texts)
            ? texts
            : Languages["ko"];

    private static FrozenDictionary<string, FrozenDictionary<string, string>> Load()
    {
        var assembly = typeof(Texts).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(n => n.StartsWith("texts.", StringComparison.Ordinal))
            .GroupBy(n => n.Split('.')[^2], StringComparer.Ordinal)
            .ToFrozenDictionary(
                language => language.Key,
                language =>
                    language
                        .SelectMany(name =>
                        {
                            using var stream = assembly.GetManifestResourceStream(name)!;
                            return JsonSerializer.Deserialize<Dictionary<string, string>>(stream)!;
                        })
                        .ToFrozenDictionary(t => t.Key, t => t.Value, StringComparer.Ordinal),
                StringComparer.Ordinal
            );
    }
}
