using System.Text.RegularExpressions;

namespace Commerce.Storefront.Text;

/// <summary>Which words of a text are Korean.</summary>
internal static partial class Words
{
    public static bool HasKorean(string? text) => text is not null && KoreanRun().IsMatch(text);

    /// <summary>The text in pieces, in order; Korean ones with the spaces between their words.</summary>
    public static IEnumerable<(string Text, bool IsKorean)> Split(string text)
    {
        var done = 0;
        foreach (Match run in KoreanRun().Matches(text))
        {
            if (run.Index > done)
            {
                yield return (text[done..run.Index], false);
            }

            done = run.Index + run.Length;
            yield return (run.Value, true);
        }

        if (done < text.Length)
        {
            yield return (text[done..], false);
        }
    }

    [GeneratedRegex(
        @"[\u3131-\u318e\uac00-\ud7a3]+(\s+[\u3131-\u318e\uac00-\ud7a3]+)*",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex KoreanRun();
}
