using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Commerce.Storefront.Text;

/// <summary>
/// A CSV file as spreadsheets open it: UTF-8 with a byte order mark, without which Excel takes Korean for something else. Texts
/// that a spreadsheet would take for a formula (=, +, -, @, also as wide as a syllable) get an apostrophe in front; numbers are
/// numbers.
/// </summary>
internal static class CsvFile
{
    // The wide ones are what an input method for Korean gives, and Excel knows them too.
    private const string FormulaStarts = "=+-@\t\r\n＝＋－＠";

    private static readonly UTF8Encoding WithMark = new(encoderShouldEmitUTF8Identifier: true);

    /// <param name="rows">The header first. Cells are texts, numbers, days or null.</param>
    public static byte[] Write(IEnumerable<IReadOnlyList<object?>> rows)
    {
        using var bytes = new MemoryStream();
        using (var text = new StreamWriter(bytes, WithMark))
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture)))
        {
            foreach (var row in rows)
            {
                foreach (var cell in row)
                {
                    csv.WriteField(Cell(cell));
                }

                csv.NextRecord();
            }
        }

        return bytes.ToArray();
    }

    private static string Cell(object? value) =>
        value switch
        {
            null => "",
            string text => text.Length > 0 && FormulaStarts.Contains(text[0]) ? "'" + text : text,
            DateOnly day => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
}
