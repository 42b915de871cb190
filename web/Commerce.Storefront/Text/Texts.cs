using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.Text;

/// <summary>
/// The shop's words: <c>Resources/{area}.{ko|en}.json</c>, flat key → text, embedded. A key that is missing shows itself, and a
/// test compares both languages and every key that a page uses.
/// </summary>
internal sealed class Texts : IStringLocalizer
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
                found ? string.Format(CultureInfo.CurrentCulture, text!, arguments) : name,
                resourceNotFound: !found
            );
        }
    }

    public IEnumerable<LocalizedString> GetAllStrings(bool includeParentCultures) =>
        Current.Select(t => new LocalizedString(t.Key, t.Value));

    /// <summary>All texts of a language, <c>ko</c> or <c>en</c>.</summary>
    public static FrozenDictionary<string, string> Of(string language) => Languages[language];

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
