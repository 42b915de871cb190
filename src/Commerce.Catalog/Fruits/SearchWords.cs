using Dapper;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>
/// What somebody may have meant who found nothing: the words without a space in between (<c>청송사과</c>), the first letters
/// (<c>ㅅㄱ</c>), the other keyboard (<c>tkrhk</c>) or a slip (<c>샤안머스켓</c>).
/// </summary>
internal static class SearchWords
{
    /// <summary>More unknown words than this are no typing error.</summary>
    private const int MostUnknown = 4;

    private const int Suggested = 4;

    /// <summary>Whether a fruit that is for sale has <c>word</c>.</summary>
    private const string Has = """
        exists (select from fruits f where f.for_sale and f.search_grams @> grams(word) and strpos(f.search_text, word) > 0)
        """;

    /// <param name="Words">What to search for instead; null when nothing better is known.</param>
    /// <param name="Suggestions">Words that resemble the unknown ones too little to be taken for them.</param>
    internal sealed record Correction(IReadOnlyList<string>? Words, IReadOnlyList<string> Suggestions);

    /// <summary>Only for words that together find nothing.</summary>
    public static async Task<Correction> CorrectAsync(
        NpgsqlConnection connection,
        IReadOnlyList<string> words,
        CancellationToken cancellationToken
    )
    {
        var unknown = (
            await connection.QueryAsync<string>(
                new CommandDefinition(
                    $"select distinct word from unnest(@words) word where not {Has} limit @Most",
                    new { words = words.ToArray(), Most = MostUnknown + 1 },
                    cancellationToken: cancellationToken
                )
            )
        ).ToList();
        if (unknown.Count is 0 or > MostUnknown)
            return new Correction(null, []);

        var meant = new Dictionary<string, string>(StringComparer.Ordinal);
        var suggestions = new List<string>();
        foreach (var word in unknown)
        {
            var near = await NearAsync(connection, word, cancellationToken);
            var found =
                await SplitAsync(connection, word, cancellationToken)
                ?? await ByInitialsAsync(connection, word, cancellationToken)
                ?? near.FirstOrDefault(n => n.Meant).Word;
            if (found is not null)
                meant[word] = found;
            suggestions.AddRange(near.Where(n => !n.Meant).Select(n => n.Word));
        }
        return new Correction(
            meant.Count < unknown.Count ? null : [.. words.SelectMany(w => meant.GetValueOrDefault(w, w).Split(' '))],
            [.. suggestions.Distinct(StringComparer.Ordinal).Take(Suggested)]
        );
    }

    /// <summary>Two whole words that one fruit has; rather in the middle than after a single letter.</summary>
    private static async Task<string?> SplitAsync(
        NpgsqlConnection connection,
        string word,
        CancellationToken cancellationToken
    )
    {
        var heads = Enumerable
            .Range(1, word.Length - 1)
            .Where(at => !char.IsLowSurrogate(word[at]))
            .OrderByDescending(at => Math.Min(at, word.Length - at))
            .Select(at => word[..at])
            .ToArray();
        return await connection.QueryFirstOrDefaultAsync<string?>(
            new CommandDefinition(
                """
                select head || ' ' || tail
                from unnest(@heads) with ordinality h(head, place), lateral (select substr(@word, char_length(head) + 1)) t(tail)
                where exists (select from search_words where word = head) and exists (select from search_words where word = tail)
                  and exists (select from fruits f where f.for_sale and f.search_grams @> grams(head || ' ' || tail)
                    and strpos(f.search_text, head) > 0 and strpos(f.search_text, tail) > 0)
                order by place limit 1
                """,
                new { heads, word },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The shortest word whose syllables begin with these consonants: of 사과 and 사과나무, 사과.</summary>
    private static async Task<string?> ByInitialsAsync(
        NpgsqlConnection connection,
        string word,
        CancellationToken cancellationToken
    )
    {
        if (word.Length < 2 || !word.All(letter => letter is >= 'ㄱ' and <= 'ㅎ'))
            return null;
        return await connection.QueryFirstOrDefaultAsync<string?>(
            new CommandDefinition(
                $"""
                select word from search_words where initials >= @word and initials < @word || '힣' and {Has}
                order by char_length(word), word limit 1
                """,
                new { word },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>Words that a fruit has, nearest first, and whether they are near enough to be what was meant.</summary>
    private static async Task<IReadOnlyList<(string Word, bool Meant)>> NearAsync(
        NpgsqlConnection connection,
        string word,
        CancellationToken cancellationToken
    )
    {
        var near = (
            await connection.QueryAsync<(string Word, string Keys, string Typed)>(
                new CommandDefinition(
                    $"select word, keys, keystrokes(@word) from near_words(@word) where {Has}",
                    new { word },
                    cancellationToken: cancellationToken
                )
            )
        ).ToList();
        return
        [
            .. near.Select(n => (n.Word, n.Typed, Distance: SpellCorrection.Distance(n.Typed, n.Keys)))
                .OrderBy(n => n.Distance)
                .ThenBy(n => n.Word.Length)
                .ThenBy(n => n.Word, StringComparer.Ordinal)
                .Select(n => (n.Word, SpellCorrection.IsMeant(n.Typed, n.Distance))),
        ];
    }
}
