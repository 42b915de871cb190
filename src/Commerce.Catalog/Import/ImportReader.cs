using System.Globalization;
using Commerce.Catalog.Fruits;
using Commerce.Catalog.Stock;
using Commerce.Contracts.Api;

namespace Commerce.Catalog.Import;

/// <summary>A row of the file as it will be listed. <paramref name="Boxes"/> become the first lot of a fruit that is new.</summary>
internal sealed record ImportEntry(string? Code, FruitDraft Draft, int? Boxes, DateOnly? HarvestedOn);

/// <summary>A row that was read: what it lists, or what is wrong with it.</summary>
internal sealed record ReadRow(int Number, ImportEntry? Entry, IReadOnlyList<ImportProblem> Problems);

/// <summary>Turns a table into fruits, row by row; a bad row says why and leaves the others alone.</summary>
internal static class ImportReader
{
    private const int LongestCode = 40;

    /// <summary>Titles of the columns that the file lacks; without them no row can be read.</summary>
    public static IReadOnlyList<string> MissingColumns(string[] header)
    {
        var fields = ImportColumns.Find(header);
        return [.. ImportColumns.All.Where(c => c.Required && !fields.Contains(c.Field)).Select(c => c.Titles[0])];
    }

    public static IReadOnlyList<ReadRow> Read(CsvTable table, DateOnly today)
    {
        var header = table.Rows[0].Cells;
        var fields = ImportColumns.Find(header);
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var rows = new List<ReadRow>();
        foreach (var (number, cells) in table.Rows.Skip(1))
        {
            var row = new Row(number, header, fields, cells);
            var entry = row.ToEntry(today);
            if (row.Problems.Count == 0)
                row.Once(seen, entry);
            rows.Add(new ReadRow(number, row.Problems.Count == 0 ? entry : null, row.Problems));
        }
        return rows;
    }

    /// <summary>By what a fruit is known again: its code, else name, variety and weight.</summary>
    public static string Key(ImportEntry entry) =>
        entry.Code is { } code
            ? $"code:{code}"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{entry.Draft.Name.Trim()}|{entry.Draft.Variety.Trim()}|{entry.Draft.WeightKg:0.##}"
            );

    private sealed class Row(int number, string[] header, string?[] fields, string[] cells)
    {
        public List<ImportProblem> Problems { get; } = [];

        public ImportEntry ToEntry(DateOnly today)
        {
            // A cell too many is a comma that was meant as text; nothing behind it can be trusted.
            if (cells.Length > header.Length && cells.Skip(header.Length).Any(cell => !string.IsNullOrWhiteSpace(cell)))
                Problems.Add(new(number, "", "", new("", FruitRules.Cells, header.Length, header.Length)));
            var draft = new FruitDraft(
                Text("name"),
                Text("variety"),
                Words.Category(Text("category")),
                Words.Grade(Text("grade")),
                Number("brix"),
                Number("weightKg"),
                Whole("countMin"),
                Whole("countMax"),
                Whole("priceKrw"),
                Whole("seasonFrom"),
                Whole("seasonTo"),
                Optional("nameEn"),
                Optional("varietyEn"),
                [
                    .. Text("certifications")
                        .Split([';', '/', '|'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                ],
                Optional("description"),
                Optional("descriptionEn"),
                Optional("storage"),
                Optional("storageEn"),
                YesOrNo("forSale"),
                Words.Method(Optional("brixMethod"))
            );
            foreach (var problem in FruitDraftRules.Problems(draft))
                Add(problem);
            var code = Optional("code");
            if (code?.Length > LongestCode)
                Add(new("code", FruitRules.TooLong, Max: LongestCode));
            return new ImportEntry(code, draft, Boxes(), HarvestedOn(today));
        }

        /// <summary>A file may name a fruit once: which of two rows would hold?</summary>
        public void Once(Dictionary<string, int> seen, ImportEntry entry)
        {
            if (!seen.TryAdd(Key(entry), number))
                Add(new(entry.Code is null ? "name" : "code", FruitRules.Twice, Min: seen[Key(entry)]));
        }

        private int? Boxes()
        {
            if (Optional("boxes") is null)
                return null;
            var boxes = Whole("boxes");
            if (boxes is < 0 or > StockLevels.MostAtOnce)
                Add(new("boxes", FruitRules.Range, 0, StockLevels.MostAtOnce));
            return boxes == 0 ? null : boxes;
        }

        private DateOnly? HarvestedOn(DateOnly today)
        {
            if (Optional("harvestedOn") is not { } text)
                return null;
            string[] forms = ["yyyy-M-d", "yyyy.M.d", "yyyy. M. d", "yyyy. M. d.", "yyyy/M/d", "yyyyMMdd"];
            if (!DateOnly.TryParseExact(text, forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                Add(new("harvestedOn", FruitRules.Unreadable));
            else if (!Lots.IsRecent(day, today))
                Add(new("harvestedOn", FruitRules.Range, -Lots.OldestDays, Lots.AheadDays));
            return day;
        }

        private string Text(string field) =>
            Array.IndexOf(fields, field) is >= 0 and var i && i < cells.Length ? cells[i].Trim() : "";

        private string? Optional(string field) => Text(field) is { Length: > 0 } text ? text : null;

        // 39,900 · 39900원 · 5kg · 14.5 Brix · 10월: a unit behind the number is a person's, not an error.
        private decimal Number(string field)
        {
            var text = Text(field).TrimEnd('원', '월', '개', '과', '%').Trim();
            foreach (var unit in new[] { "kg", "brix", "°bx", "krw" })
            {
                if (text.EndsWith(unit, StringComparison.OrdinalIgnoreCase))
                    text = text[..^unit.Length].Trim();
            }
            const NumberStyles Style =
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowThousands | NumberStyles.AllowLeadingSign;
            if (decimal.TryParse(text, Style, CultureInfo.InvariantCulture, out var value) && Math.Abs(value) < 1e12m)
                return value;
            Add(new(field, text.Length == 0 ? FruitRules.Required : FruitRules.Unreadable));
            return 0;
        }

        private int Whole(string field)
        {
            var value = Number(field);
            if (value == decimal.Truncate(value) && Math.Abs(value) <= int.MaxValue)
                return (int)value;
            Add(new(field, FruitRules.Decimals, Max: 0));
            return 0;
        }

        private bool YesOrNo(string field)
        {
            switch (Text(field).ToLowerInvariant())
            {
                case "" or "예" or "네" or "판매" or "판매중" or "y" or "yes" or "true" or "o" or "1":
                    return true;
                case "아니오" or "아니요" or "내림" or "중지" or "n" or "no" or "false" or "x" or "0":
                    return false;
                default:
                    Add(new(field, FruitRules.Unreadable));
                    return true;
            }
        }

        // One problem per cell is enough: what could not be read is not also out of range.
        private void Add(FruitProblem problem)
        {
            var field = problem.Field.Split('[')[0];
            var at = Array.IndexOf(fields, field);
            var column = at >= 0 ? header[at].Trim() : field;
            if (!Problems.Exists(known => known.Column == column))
                Problems.Add(new(number, column, Short(at >= 0 && at < cells.Length ? cells[at] : ""), problem));
        }

        private static string Short(string value) => value.Length > 60 ? value[..60] : value;
    }

    /// <summary>Words of the file that are others in the catalog; a word that is not known stays and is refused by the rules.</summary>
    private static class Words
    {
        public static string Category(string word) => Categories.Find(word) ?? word.ToLowerInvariant();

        public static string Grade(string word) =>
            word.ToLowerInvariant() switch
            {
                "premium" => "특",
                "choice" => "상",
                "standard" => "보통",
                _ => word,
            };

        public static string? Method(string? word) =>
            word?.ToLowerInvariant() switch
            {
                "비파괴" or "비파괴 선별" or "비파괴선별" => BrixMethods.Nondestructive,
                "굴절계" or "굴절 당도계" or "굴절당도계" => BrixMethods.Refractometer,
                var known => known,
            };
    }
}
