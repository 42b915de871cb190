namespace Commerce.Storefront.Text;

/// <summary>The categories of the market, the best known first. Each has a word, an icon and a tint.</summary>
internal static class Categories
{
    public static readonly IReadOnlyList<string> All =
    [
        "apple",
        "pear",
        "citrus",
        "persimmon",
        "strawberry",
        "grape",
        "peach",
        "plum",
        "melon",
        "watermelon",
        "berry",
        "cherry",
        "kiwi",
        "fig",
        "apricot",
        "jujube",
        "pomegranate",
    ];
}
