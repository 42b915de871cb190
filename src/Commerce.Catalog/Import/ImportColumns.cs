namespace Commerce.Catalog.Import;

/// <summary>The columns of a file of fruits, under their Korean and English titles.</summary>
internal static class ImportColumns
{
    /// <summary>Field, whether it has to be there, and its titles; units in brackets do not count.</summary>
    public static readonly IReadOnlyList<(string Field, bool Required, string[] Titles)> All =
    [
        ("code", false, ["상품코드", "코드", "code", "sku"]),
        ("name", true, ["상품명", "상품이름", "이름", "name"]),
        ("nameEn", false, ["영문상품명", "영문이름", "nameen", "englishname"]),
        ("variety", true, ["품종", "variety"]),
        ("varietyEn", false, ["영문품종", "varietyen", "englishvariety"]),
        ("category", true, ["분류", "과일", "품목", "category"]),
        ("grade", true, ["등급", "grade"]),
        ("brix", true, ["당도", "brix", "sugar"]),
        ("brixMethod", false, ["측정방법", "당도측정방법", "brixmethod"]),
        ("weightKg", true, ["중량", "무게", "weight", "weightkg"]),
        ("countMin", true, ["최소과수", "과수최소", "countmin"]),
        ("countMax", true, ["최대과수", "과수최대", "countmax"]),
        ("priceKrw", true, ["가격", "판매가", "price", "pricekrw"]),
        ("seasonFrom", true, ["제철시작", "제철시작월", "seasonfrom"]),
        ("seasonTo", true, ["제철끝", "제철끝월", "seasonto"]),
        ("certifications", false, ["인증", "certifications"]),
        ("description", false, ["소개", "설명", "description"]),
        ("descriptionEn", false, ["영문소개", "영문설명", "descriptionen"]),
        ("storage", false, ["보관법", "storage"]),
        ("storageEn", false, ["영문보관법", "storageen"]),
        ("forSale", false, ["판매여부", "판매", "forsale"]),
        ("boxes", false, ["재고", "수량", "boxes", "stock"]),
        ("harvestedOn", false, ["수확일", "harvestedon", "harvested"]),
    ];

    private static readonly Dictionary<string, string> ByTitle = All.SelectMany(
            column => column.Titles,
            (column, title) => (title, column.Field)
        )
        .ToDictionary(entry => entry.title, entry => entry.Field, StringComparer.Ordinal);

    /// <summary>Field per column of the header, null for one that is not known.</summary>
    public static string?[] Find(string[] header) =>
        Array.ConvertAll(header, title => ByTitle.GetValueOrDefault(Plain(title)));

    // 중량(kg), 가격 (원), Weight kg, price_krw: letters alone tell.
    private static string Plain(string title)
    {
        var bracket = title.IndexOfAny(['(', '[']);
        return string.Concat((bracket > 0 ? title[..bracket] : title).Where(char.IsLetter)).ToLowerInvariant();
    }
}
