namespace Commerce.Catalog.Fruits;

/// <summary>The categories and grades of the market with their names in both languages.</summary>
internal static class Categories
{
    private static readonly Dictionary<string, (string Ko, string En)> Known = new(StringComparer.Ordinal)
    {
        ["apple"] = ("사과", "Apples"),
        ["pear"] = ("배", "Pears"),
        ["citrus"] = ("감귤", "Citrus"),
        ["grape"] = ("포도", "Grapes"),
        ["peach"] = ("복숭아", "Peaches"),
        ["plum"] = ("자두", "Plums"),
        ["apricot"] = ("살구 매실", "Apricots and maesil"),
        ["cherry"] = ("체리", "Cherries"),
        ["persimmon"] = ("감", "Persimmons"),
        ["strawberry"] = ("딸기", "Strawberries"),
        ["berry"] = ("베리", "Berries"),
        ["melon"] = ("참외 멜론", "Melons"),
        ["watermelon"] = ("수박", "Watermelons"),
        ["kiwi"] = ("참다래 키위", "Kiwis"),
        ["fig"] = ("무화과", "Figs"),
        ["jujube"] = ("대추", "Jujubes"),
        ["pomegranate"] = ("석류", "Pomegranates"),
    };

    public static IReadOnlyCollection<string> All => Known.Keys;

    public static IReadOnlyCollection<string> Grades { get; } = ["특", "상", "보통"];

    public static bool IsKnown(string category) => Known.ContainsKey(category);

    /// <summary>The category by its key or name in either language, one of several words too (<c>매실</c>); null when unknown.</summary>
    public static string? Find(string word) =>
        Known
            .Where(known =>
                word.Equals(known.Key, StringComparison.OrdinalIgnoreCase)
                || word.Equals(known.Value.En, StringComparison.OrdinalIgnoreCase)
                || known.Value.Ko.Split(' ').Contains(word, StringComparer.Ordinal)
                || known.Value.Ko.Replace(' ', '·').Equals(word, StringComparison.Ordinal)
            )
            .Select(known => known.Key)
            .FirstOrDefault();

    public static string English(string category) => Known.TryGetValue(category, out var names) ? names.En : category;

    /// <summary>What a search for the category's name must find.</summary>
    public static string SearchWords(string category) =>
        Known.TryGetValue(category, out var names) ? $"{names.Ko} {names.En}" : category;

    public static string GradeInEnglish(string grade) =>
        grade switch
        {
            "특" => "Premium",
            "상" => "Choice",
            _ => "Standard",
        };
}
