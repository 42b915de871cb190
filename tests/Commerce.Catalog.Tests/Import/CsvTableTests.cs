using System.Globalization;
using System.Text;
using Commerce.Catalog.Import;
using CsvHelper;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Catalog.Tests.Import;

public sealed class CsvTableTests
{
    private static readonly Encoding Cp949 = CodePagesEncodingProvider.Instance.GetEncoding(949)!;

    [Fact]
    public void What_has_a_zero_byte_is_no_text() =>
        CsvTable.Read(Encoding.UTF8.GetBytes("name\na\0b"), 10).ShouldBeNull();

    [Fact]
    public void What_Unicode_says_is_no_character_is_not_taken_for_UTF_8() =>
        CsvTable.Read(Encoding.UTF8.GetBytes("name\na\ufffeb"), 10)?.Encoding.ShouldNotBe("utf-8");

    [Fact]
    public void What_is_written_is_read_again_in_either_encoding()
    {
        // Letters that CSV has a meaning for, Korean of both encodings, and line breaks inside of cells.
        var cell = Gen.Elements("a", " ", ",", "\"", "\n", "\r\n", "'", "=", "사과", "가", ";", "1,000")
            .ArrayOf()
            .Select(string.Concat);
        var tables = Gen.Choose(1, 5)
            .SelectMany(width => cell.ArrayOf(width).ArrayOf())
            .Where(table => table.Length > 0)
            .ToArbitrary();

        Prop.ForAll(
                tables,
                table =>
                {
                    var text = Write(table);
                    var wanted = table.Where(row => row.Any(value => !string.IsNullOrWhiteSpace(value))).ToList();
                    foreach (var encoding in new[] { new UTF8Encoding(true), new UTF8Encoding(false), Cp949 })
                    {
                        byte[] file = [.. encoding.GetPreamble(), .. encoding.GetBytes(text)];
                        var read = CsvTable.Read(file, 10_000).ShouldNotBeNull();
                        read.Rows.Select(row => row.Cells).ShouldBe(wanted);
                    }
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithQuietOnSuccess(true));
    }

    [Fact]
    public void The_encoding_is_told_by_the_bytes()
    {
        CsvTable.Read(Encoding.UTF8.GetBytes("상품명\n사과"), 10)!.Encoding.ShouldBe("utf-8");
        CsvTable.Read(Cp949.GetBytes("상품명\n사과"), 10)!.Encoding.ShouldBe("cp949");
        CsvTable.Read([0xFF, 0xFE, 0x00, 0xD8], 10).ShouldBeNull();
        CsvTable.Read("a\0b"u8, 10).ShouldBeNull();
    }

    [Fact]
    public void Rows_are_numbered_as_a_spreadsheet_numbers_them()
    {
        var table = CsvTable.Read("name,brix\r\n\r\nFuji,15\r\n,,\r\nGala,14\r\n"u8, 10).ShouldNotBeNull();

        table.Rows.Select(row => row.Number).ShouldBe([1, 3, 5]);
    }

    [Fact]
    public void Letters_that_a_keyboard_sent_apart_are_put_together()
    {
        var apart = "상품명\n사과".Normalize(NormalizationForm.FormD);

        CsvTable.Read(Encoding.UTF8.GetBytes(apart), 10)!.Rows[1].Cells.ShouldBe(["사과"]);
    }

    [Fact]
    public void A_quote_that_stands_where_none_may_is_refused() =>
        CsvTable.Read("name,brix\n\"Fuji\"x,15\n"u8, 10).ShouldBeNull();

    private static string Write(string[][] table)
    {
        using var text = new StringWriter();
        using var csv = new CsvWriter(text, CultureInfo.InvariantCulture);
        foreach (var row in table)
        {
            foreach (var cell in row)
                csv.WriteField(cell);
            csv.NextRecord();
        }
        csv.Flush();
        return text.ToString();
    }
}
