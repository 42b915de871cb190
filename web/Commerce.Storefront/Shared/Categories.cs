namespace Commerce.Storefront.Shared;

/// <summary>The categories of the market, in the order a year goes by. Each has a word, an icon and a tint.</summary>
internal static class Categories
{
    public static readonly IReadOnlyList<string> All =
    [
        "apple",
        "pear",
        "citrus",
        "persimmon",
        "strawberry",
        "kiwi",
        "grape",
        "peach",
        "plum",
        "melon",
        "watermelon",
        "berry",
        "jujube",
    ];
}
