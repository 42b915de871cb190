using System.Globalization;
using System.Text;
using CsvHelper;
using CsvHelper.Configuration;

namespace Commerce.Catalog.Import;

/// <summary>
/// A CSV file (RFC 4180, commas) as it comes out of a spreadsheet: UTF-8 with or without a byte order mark, or CP949, in which
/// Excel in Korea saves.
/// </summary>
/// <param name="Encoding"><c>utf-8</c> or <c>cp949</c>.</param>
/// <param name="Rows">All rows with anything in them, the header first, each with its number as a spreadsheet counts.</param>
internal sealed record CsvTable(string Encoding, IReadOnlyList<(int Number, string[] Cells)> Rows)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private static readonly Encoding Cp949 = CodePagesEncodingProvider.Instance.GetEncoding(
        949,
        EncoderFallback.ExceptionFallback,
        DecoderFallback.ExceptionFallback
    )!;

    /// <summary>Null when it is text in neither encoding, or a quote never ends.</summary>
    /// <param name="mostRows">Reading stops behind so many rows.</param>
    public static CsvTable? Read(ReadOnlySpan<byte> file, int mostRows)
    {
        if (Decode(file) is not var (encoding, text))
            return null;

        var broken = false;
        using var parser = new CsvParser(
            new StringReader(text),
            new CsvConfiguration(CultureInfo.InvariantCulture)
            {
                BadDataFound = _ => broken = true,
                IgnoreBlankLines = false,
            }
        );
        var rows = new List<(int, string[])>();
        while (rows.Count < mostRows && parser.Read())
        {
            // An empty line is a row without a cell; a spreadsheet's empty row is one of empty cells.
            var cells = parser.Record ?? [];
            if (Array.Exists(cells, cell => !string.IsNullOrWhiteSpace(cell)))
                rows.Add((parser.Row, cells));
        }
        return broken ? null : new CsvTable(encoding, rows);
    }

    private static (string Encoding, string Text)? Decode(ReadOnlySpan<byte> file)
    {
        if (file.StartsWith(System.Text.Encoding.UTF8.Preamble))
            file = file[System.Text.Encoding.UTF8.Preamble.Length..];
        foreach (var (name, encoding) in new[] { ("utf-8", Utf8), ("cp949", Cp949) })
        {
            try
            {
                var text = encoding.GetString(file);
                // U+FFFE is no character: it has no normal form.
                if (text.AsSpan().IndexOfAny('\0', '\ufffe') < 0)
                    return (name, text.Normalize(NormalizationForm.FormC));
            }
            catch (DecoderFallbackException)
            {
                // Then it is the other one.
            }
        }
        return null;
    }
}
