using System.Text;
using Commerce.Storefront.Text;

namespace Commerce.Storefront.Tests.Text;

/// <summary>Files that a spreadsheet opens as they are meant.</summary>
public sealed class CsvFileTests
{
    [Fact]
    public void Korean_opens_as_Korean()
    {
        var file = CsvFile.Write([
            ["상품", "상자"],
            ["사과", 3],
        ]);

        file.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBeTrue();
        Text(file).ShouldBe("상품,상자\r\n사과,3\r\n");
    }

    [Theory]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("+82 10", "'+82 10")]
    [InlineData("-", "'-")]
    [InlineData("@SUM(A1)", "'@SUM(A1)")]
    [InlineData("\t=1", "'\t=1")]
    [InlineData("＝1+1", "'＝1+1")]
    [InlineData("＋82", "'＋82")]
    [InlineData("사과=맛", "사과=맛")]
    [InlineData("", "")]
    public void A_text_never_becomes_a_formula(string text, string written) =>
        Text(
                CsvFile.Write([
                    [text],
                ])
            )
            .ShouldBe(written + "\r\n");

    [Fact]
    public void Numbers_stay_numbers_and_days_days() =>
        Text(
                CsvFile.Write([
                    [-1200L, 15.5m, new DateOnly(2026, 11, 21), null],
                ])
            )
            .ShouldBe("-1200,15.5,2026-11-21,\r\n");

    [Fact]
    public void Commas_quotes_and_line_breaks_stay_inside_of_their_cell() =>
        Text(
                CsvFile.Write([
                    ["a,b", "say \"hi\"", "two\nlines"],
                ])
            )
            .ShouldBe("\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\"\r\n");

    private static string Text(byte[] file) => Encoding.UTF8.GetString(file.AsSpan(Encoding.UTF8.Preamble.Length));
}
