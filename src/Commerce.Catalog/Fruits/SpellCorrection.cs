namespace Commerce.Catalog.Fruits;

/// <summary>Whether a word may be what somebody meant to type. Both are keystrokes, as the database's <c>keystrokes()</c> makes them.</summary>
internal static class SpellCorrection
{
    /// <summary>Fewer keys resemble everything.</summary>
    private const int FewestKeys = 3;

    private const double Beginning = 0.25;
    private const double Middle = 0.5;

    /// <summary>Whether the distance is small enough to take the word for what was meant. In its middle a slip less is forgiven.</summary>
    public static bool IsMeant(string typed, double distance) =>
        typed.Length >= FewestKeys && distance < Forgiven(typed.Length) + Middle;

    /// <summary>A slip is forgiven every third key or so.</summary>
    private static int Forgiven(int keys) =>
        keys switch
        {
            <= 5 => 1,
            <= 9 => 2,
            _ => 3,
        };

    /// <summary>
    /// Slips between what was typed and the nearest part of the word: a missing, extra, other or swapped key is one. The whole
    /// word is nearest, then its beginning (0.25 more), then any part of it (0.5 more).
    /// </summary>
    public static double Distance(string typed, string word) =>
        Math.Min(
            Nearest(typed, word, anyStart: false, anyEnd: false),
            Math.Min(
                Nearest(typed, word, anyStart: false, anyEnd: true) + Beginning,
                Nearest(typed, word, anyStart: true, anyEnd: true) + Middle
            )
        );

    /// <summary>Optimal string alignment; the word's keys before the start and behind the end cost nothing when those are free.</summary>
    private static int Nearest(string typed, string word, bool anyStart, bool anyEnd)
    {
        var before = new int[word.Length + 1];
        var above = new int[word.Length + 1];
        for (var j = 0; j <= word.Length; j++)
            above[j] = anyStart ? 0 : j;
        for (var i = 1; i <= typed.Length; i++)
        {
            var row = new int[word.Length + 1];
            row[0] = i;
            for (var j = 1; j <= word.Length; j++)
            {
                var other = typed[i - 1] == word[j - 1] ? 0 : 1;
                row[j] = Math.Min(Math.Min(above[j], row[j - 1]) + 1, above[j - 1] + other);
                if (i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1])
                    row[j] = Math.Min(row[j], before[j - 2] + 1);
            }
            (before, above) = (above, row);
        }
        return anyEnd ? above.Min() : above[^1];
    }
}
