using System.Text;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Catalog.Fruits;

/// <summary>What a farmer may say about a fruit, and how it is written down.</summary>
internal static class FruitDraftRules
{
    private const int MostCertifications = 8;

    /// <summary>KRW per kg, far from anything that is sold: a price with a digit too few or too many.</summary>
    private const decimal LeastPerKg = 500;
    private const decimal MostPerKg = 300_000;

    /// <summary>Everything that is wrong with it, by field; an impossible value is not also implausible.</summary>
    public static List<FruitProblem> Problems(FruitDraft draft)
    {
        var found = new List<FruitProblem>();
        Text("name", draft.Name, 100, required: true);
        Text("nameEn", draft.NameEn, 100);
        Text("variety", draft.Variety, 60, required: true);
        Text("varietyEn", draft.VarietyEn, 60);
        OneOf("category", draft.Category, Categories.All);
        OneOf("grade", draft.Grade, Categories.Grades);
        if (draft.BrixMethod is not null)
            OneOf("brixMethod", draft.BrixMethod, BrixMethods.All);
        var norm = FruitNorms.Of(draft.Category, draft.Variety, draft.Name);
        if (Range("brix", draft.Brix, 1, 80) && Decimals("brix", draft.Brix, 1))
            Brix(norm);
        var weighed = Range("weightKg", draft.WeightKg, 0.1m, 100) && Decimals("weightKg", draft.WeightKg, 2);
        var counted = Range("countMin", draft.CountMin, 1, 1000);
        if (Range("countMax", draft.CountMax, Math.Clamp(draft.CountMin, 1, 1000), 1000) && weighed && counted)
            Counts(norm);
        if (Range("priceKrw", draft.PriceKrw, 100, 10_000_000) && weighed)
            Price();
        Range("seasonFrom", draft.SeasonFrom, 1, 12);
        Range("seasonTo", draft.SeasonTo, 1, 12);
        if ((draft.Certifications?.Count ?? 0) > MostCertifications)
            found.Add(new("certifications", FruitRules.Range, 0, MostCertifications));
        for (var i = 0; i < Math.Min(draft.Certifications?.Count ?? 0, MostCertifications); i++)
            Text($"certifications[{i}]", draft.Certifications![i], 30, required: true);
        Text("description", draft.Description, 2000, lines: true);
        Text("descriptionEn", draft.DescriptionEn, 2000, lines: true);
        Text("storage", draft.Storage, 500, lines: true);
        Text("storageEn", draft.StorageEn, 500, lines: true);
        return found;

        void Text(string field, string? text, int most, bool required = false, bool lines = false)
        {
            var trimmed = text?.Trim() ?? "";
            if (trimmed.Length == 0 && required)
                found.Add(new(field, FruitRules.Required));
            else if (trimmed.Length > most)
                found.Add(new(field, FruitRules.TooLong, Max: most));
            else if (!Validation.IsPrintable(trimmed, lines))
                found.Add(new(field, FruitRules.Unprintable));
        }

        void OneOf(string field, string? word, IEnumerable<string> known)
        {
            if (string.IsNullOrWhiteSpace(word) || !known.Contains(word, StringComparer.Ordinal))
                found.Add(new(field, string.IsNullOrWhiteSpace(word) ? FruitRules.Required : FruitRules.Unknown));
        }

        bool Range(string field, decimal value, decimal min, decimal max)
        {
            if (value >= min && value <= max)
                return true;
            found.Add(new(field, FruitRules.Range, min, max));
            return false;
        }

        bool Decimals(string field, decimal value, int most)
        {
            if (decimal.Round(value, most) == value)
                return true;
            found.Add(new(field, FruitRules.Decimals, Max: most));
            return false;
        }

        void Brix(FruitNorm? kind)
        {
            if (kind is not null && (draft.Brix < kind.BrixMin || draft.Brix > kind.BrixMax))
                found.Add(new("brix", FruitRules.Implausible, kind.BrixMin, kind.BrixMax));
        }

        // The heaviest fruits of the kind are the fewest in a box, the lightest the most.
        void Counts(FruitNorm? kind)
        {
            if (kind is null)
                return;
            var grams = draft.WeightKg * 1000;
            if (grams / draft.CountMin > kind.GramsMax)
                found.Add(new("countMin", FruitRules.TooFewForWeight, Min: Math.Ceiling(grams / kind.GramsMax)));
            if (grams / draft.CountMax < kind.GramsMin)
                found.Add(new("countMax", FruitRules.TooManyForWeight, Max: Math.Floor(grams / kind.GramsMin)));
        }

        void Price()
        {
            var (least, most) = (Math.Ceiling(draft.WeightKg * LeastPerKg), Math.Floor(draft.WeightKg * MostPerKg));
            if (draft.PriceKrw < least || draft.PriceKrw > most)
                found.Add(new("priceKrw", FruitRules.Implausible, least, most));
        }
    }

    /// <summary>The 400 for them, or null: messages by field for people, <c>problems</c> for a form.</summary>
    public static ValidationProblem? Refuse(FruitDraft draft)
    {
        var problems = Problems(draft);
        if (problems.Count == 0)
            return null;
        var refused = Validation.From(problems.Select(problem => (problem.Field, Message(problem))));
        refused.ProblemDetails.Extensions["problems"] = problems;
        return refused;
    }

    private static string Message(FruitProblem problem) =>
        (problem.Field, problem.Rule, problem.Min, problem.Max) switch
        {
            (_, FruitRules.Required, _, _) => "is required",
            (_, FruitRules.TooLong, _, { } max) => $"must have at most {max:0} characters",
            (_, FruitRules.Unprintable, _, _) => "contains characters that cannot be stored",
            ("category", FruitRules.Unknown, _, _) => $"must be one of {string.Join(", ", Categories.All)}",
            ("grade", FruitRules.Unknown, _, _) => $"must be one of {string.Join(", ", Categories.Grades)}",
            (_, FruitRules.Unknown, _, _) => $"must be one of {string.Join(", ", BrixMethods.All)}",
            ("brix", FruitRules.Implausible, { } min, { } max) =>
                $"must be {min:0.#} to {max:0.#} °Brix for this fruit",
            (_, FruitRules.Implausible, { } min, { } max) => $"must be {min:0} to {max:0} KRW for this weight",
            (_, FruitRules.TooFewForWeight, { } min, _) => $"must be at least {min:0} for this weight",
            (_, FruitRules.TooManyForWeight, _, { } max) => $"must be at most {max:0} for this weight",
            (_, FruitRules.Decimals, _, { } max) => $"must have at most {max:0} decimals",
            (_, _, { } min, { } max) => $"must be {min:0.##} to {max:0.##}",
            _ => "is not valid",
        };

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
