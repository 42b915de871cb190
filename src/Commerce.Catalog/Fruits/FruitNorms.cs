using Commerce.Contracts.Api;

namespace Commerce.Catalog.Fruits;

/// <summary>
/// What is plausible for each kind of fruit, to catch slips of the pen, not to judge quality: the bounds lie well outside of what
/// is sold. °Brix after the averages that ATAGO, who make refractometers, publish per fruit (Fuji 14–17, Kyoho 15–20, muscat
/// 10–20, watermelon 9–13, melon 13–18, strawberry and citrus by kind; "Fruit · Vegetable", atago.net); grams after the size
/// tables (크기 구분표) of 농산물 표준규격, National Agricultural Products Quality Management Service (onju mandarins 53–135 g,
/// net melons 1.6–2.6 kg; www.nongnet.or.kr, 등급 도감), a bunch standing for one grape.
/// </summary>
internal static class FruitNorms
{
    /// <summary>Per category: words of the variety or name that are a kind of their own, then the category's.</summary>
    private static readonly Dictionary<string, (FruitNorm Default, (string Word, FruitNorm Norm)[] Own)> ByCategory =
        new(StringComparer.Ordinal)
        {
            ["apple"] = (new(11, 18, 100, 600), []),
            ["pear"] = (new(10, 17, 250, 1200), []),
            ["citrus"] = (new(9, 17, 40, 500), [("유자", new(7, 13, 70, 250)), ("청귤", new(6, 12, 40, 150))]),
            ["grape"] = (
                new(12, 23, 150, 1200),
                [("샤인머스캣", new(16, 22, 300, 1200)), ("거봉", new(15, 21, 250, 900))]
            ),
            ["peach"] = (new(9, 18, 80, 500), []),
            ["plum"] = (new(9, 20, 30, 200), []),
            ["apricot"] = (new(8, 17, 20, 120), [("매실", new(5, 13, 15, 60))]),
            ["cherry"] = (new(12, 25, 5, 20), []),
            ["persimmon"] = (new(12, 24, 60, 450), [("곶감", new(25, 75, 8, 120)), ("말랭이", new(25, 75, 8, 120))]),
            ["strawberry"] = (new(7, 17, 8, 120), []),
            ["berry"] = (new(7, 20, 0.5m, 15), []),
            ["melon"] = (new(9, 18, 1000, 4000), [("참외", new(9, 19, 100, 700))]),
            ["watermelon"] = (new(9, 16, 800, 15_000), []),
            ["kiwi"] = (new(11, 22, 40, 180), []),
            ["fig"] = (new(11, 24, 30, 150), []),
            ["jujube"] = (new(18, 40, 8, 45), [("건대추", new(50, 80, 2, 15))]),
            ["pomegranate"] = (new(11, 20, 150, 700), []),
        };

    /// <summary>Of the most special kind that the words name; null for an unknown category.</summary>
    public static FruitNorm? Of(string? category, string? variety, string? name)
    {
        if (category is null || !ByCategory.TryGetValue(category, out var norms))
            return null;
        var words = $"{variety} {name}".Replace(" ", "", StringComparison.Ordinal);
        foreach (var (word, norm) in norms.Own)
        {
            if (words.Contains(word, StringComparison.Ordinal))
                return norm;
        }
        return norms.Default;
    }
}
