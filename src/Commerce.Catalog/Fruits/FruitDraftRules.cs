using System.Text;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;
using Dapper;

namespace Commerce.Catalog.Fruits;

/// <summary>What a farmer may say about a fruit, and how it is written down.</summary>
internal static class FruitDraftRules
{
    public static Validation Check(FruitDraft draft)
    {
        var v = new Validation();
        v.Text("name", draft.Name, max: 100);
        v.OptionalText("nameEn", draft.NameEn, max: 100);
        v.Text("variety", draft.Variety, max: 60);
        v.OptionalText("varietyEn", draft.VarietyEn, max: 60);
        v.Check(
            "category",
            Categories.IsKnown(draft.Category ?? ""),
            $"must be one of {string.Join(", ", Categories.All)}"
        );
        v.Check(
            "grade",
            Categories.Grades.Contains(draft.Grade),
            $"must be one of {string.Join(", ", Categories.Grades)}"
        );
        v.Check("brix", draft.Brix is >= 1 and <= 80, "must be 1 to 80 °Brix");
        v.Check(
            "brixMethod",
            draft.BrixMethod is null || BrixMethods.All.Contains(draft.BrixMethod),
            $"must be one of {string.Join(", ", BrixMethods.All)}"
        );
        v.Check("weightKg", draft.WeightKg is >= 0.1m and <= 100, "must be 0.1 to 100 kg");
        v.Check("countMin", draft.CountMin is >= 1 and <= 1000, "must be 1 to 1000");
        v.Check("countMax", draft.CountMax is >= 1 and <= 1000, "must be 1 to 1000");
        v.Check("countMax", draft.CountMax >= draft.CountMin, "must not be below countMin");
        v.Check("priceKrw", draft.PriceKrw is >= 100 and <= 10_000_000, "must be 100 to 10,000,000 KRW");
        v.Check("seasonFrom", draft.SeasonFrom is >= 1 and <= 12, "must be a month, 1 to 12");
        v.Check("seasonTo", draft.SeasonTo is >= 1 and <= 12, "must be a month, 1 to 12");
        v.Check("certifications", draft.Certifications is null or { Count: <= 8 }, "must be at most 8");
        for (var i = 0; i < Math.Min(draft.Certifications?.Count ?? 0, 8); i++)
            v.Text($"certifications[{i}]", draft.Certifications![i], max: 30);
        v.OptionalText("description", draft.Description, max: 2000, lines: true);
        v.OptionalText("descriptionEn", draft.DescriptionEn, max: 2000, lines: true);
        v.OptionalText("storage", draft.Storage, max: 500, lines: true);
        v.OptionalText("storageEn", draft.StorageEn, max: 500, lines: true);
        return v;
    }

    /// <summary>Parameters of the insert and the update. Without English the Korean text stands for both.</summary>
    public static DynamicParameters Parameters(FruitDraft draft)
    {
        var (name, variety) = (Clean(draft.Name), Clean(draft.Variety));
        var (description, storage) = (Clean(draft.Description), Clean(draft.Storage));
        return new DynamicParameters(
            new
            {
                Name = name,
                NameEn = Clean(draft.NameEn, name),
                Variety = variety,
                VarietyEn = Clean(draft.VarietyEn, variety),
                draft.Category,
                draft.Grade,
                draft.Brix,
                draft.WeightKg,
                draft.CountMin,
                draft.CountMax,
                draft.PriceKrw,
                draft.SeasonFrom,
                draft.SeasonTo,
                Certifications = (draft.Certifications ?? [])
                    .Select(c => Clean(c))
                    .Distinct(StringComparer.Ordinal)
                    .ToArray(),
                Description = description,
                DescriptionEn = Clean(draft.DescriptionEn, description),
                Storage = storage,
                StorageEn = Clean(draft.StorageEn, storage),
                ImageUrl = Pictures.Url(draft.Category, variety, name),
                draft.ForSale,
                draft.BrixMethod,
                CategoryWords = Categories.SearchWords(draft.Category),
            }
        );
    }

    /// <summary>Trimmed, and with composed letters so that a search finds it.</summary>
    private static string Clean(string? text, string otherwise = "") =>
        string.IsNullOrWhiteSpace(text) ? otherwise : text.Trim().Normalize(NormalizationForm.FormC);
}
