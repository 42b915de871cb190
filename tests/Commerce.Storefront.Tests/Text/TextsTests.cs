using System.Globalization;
using System.Text.RegularExpressions;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Storefront.Api;
using Commerce.Storefront.Shop;
using Commerce.Storefront.Text;

namespace Commerce.Storefront.Tests.Text;

/// <summary>No page shows a key instead of words, in either language.</summary>
public sealed partial class TextsTests
{
    private static readonly string Web = Path.Combine(RepositoryRoot.Path, "web", "Commerce.Storefront");

    public static TheoryData<string> Languages => ["ko", "en"];

    [Fact]
    public void Both_languages_have_the_same_keys() =>
        Texts.Of("en").Keys.Order(StringComparer.Ordinal).ShouldBe(Texts.Of("ko").Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Both_languages_have_the_same_blanks_to_fill()
    {
        foreach (var (key, korean) in Texts.Of("ko"))
        {
            Blanks(Texts.Of("en")[key]).ShouldBe(Blanks(korean), key);
        }
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void No_text_is_empty(string language) =>
        Texts.Of(language).Where(t => string.IsNullOrWhiteSpace(t.Value)).ShouldBeEmpty();

    [Fact]
    public void English_texts_are_not_left_in_Korean() =>
        // What stays Korean on purpose stands as an example or an official word.
        Texts
            .Of("en")
            .Where(t => Hangul().IsMatch(t.Value))
            .Select(t => t.Key)
            .Order(StringComparer.Ordinal)
            .ShouldBe(
                new[] { "auth.regionHelp", "desk.certificationsHelp", "desk.nameHelp" }.Order(StringComparer.Ordinal)
            );

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_key_that_a_page_names_exists(string language)
    {
        var used =
            from source in Sources()
            from match in LiteralKey().Matches(source.Text)
            select (Key: match.Groups["key"].Value, source.File);
        var list = used.Distinct().ToList();

        list.Count.ShouldBeGreaterThan(150);
        list.Where(u => !Texts.Of(language).ContainsKey(u.Key)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Languages))]
    public void Every_key_that_is_put_together_from_data_exists(string language)
    {
        string[] reasons =
        [
            OrderReasons.OutOfStock,
            OrderReasons.PriceChanged,
            OrderReasons.NotForSale,
            OrderReasons.PaymentDeclined,
            OrderReasons.Expired,
            OrderReasons.CancelledByShopper,
            OrderReasons.CancelledByAdmin,
        ];
        string[] timeline =
        [
            "order.placed",
            "order.confirmed",
            "order.rejected",
            "order.cancelled",
            "order.delivered",
            "order.refund-requested",
            "stock.reserved",
            "stock.rejected",
            "stock.released",
            "payment.captured",
            "payment.declined",
            "payment.refunded",
            "delivery.scheduled",
            "delivery.on-route",
            "delivery.delivered",
        ];
        string[] adminActions =
        [
            "order.cancel",
            "order.refund",
            "delivery.advance",
            "farmer.approve",
            "farmer.suspend",
            "farmer.reinstate",
            "account.lock",
            "account.unlock",
            "dead-letter.redrive",
            "dead-letter.discard",
        ];
        IEnumerable<string> keys =
        [
            .. Categories.All.Select(c => $"category.{c}"),
            .. Enum.GetNames<OrderStatus>().Select(s => $"status.{s}"),
            .. Enum.GetNames<ApiErrorKind>().SelectMany(t => new[] { $"trouble.{t}.title", $"trouble.{t}.text" }),
            .. reasons.Append("unknown").SelectMany(r => new[] { $"over.{r}.title", $"over.{r}.text" }),
            .. new[] { "placed", "paid", "packing", "onRoute", "delivered" }.SelectMany(s =>
                new[] { $"step.{s}", $"step.{s}.long" }
            ),
            "step.paying.long",
            "step.confirming.long",
            .. new[] { "all", "open", "delivered", "ended" }.Select(s => $"orders.state.{s}"),
            .. new[] { "paid", "decline", "timeout", "slow", "flaky" }.Select(s => $"scenario.{s}"),
            .. timeline.Select(t => $"timeline.{t}"),
            .. FruitSearch.Sorts.Select(s => $"sort.{s}"),
            "sort.recommended",
            "sort.closest",
            .. FruitReviews.Sorts.Select(s => $"review.sort.{s}"),
            .. Certification.Kinds.SelectMany(k => new[] { $"cert.{k}", $"cert.{k}.means" }),
            .. BrixMethods.All.Select(m => $"brix.{m}"),
            .. new[] { "특", "상", "보통" }.SelectMany(g => new[] { $"grade.{g}", $"grade.{g}.long" }),
            .. new[] { "READY", "ON_ROUTE", "DELIVERED", "CANCELLED" }.Select(d => $"delivery.{d}"),
            .. new[] { "pending", "captured", "declined", "refunded", "cancelled" }.Select(p => $"payment.{p}"),
            .. reasons.Select(r => $"admin.reason.{r}"),
            .. new[] { "asked", "up", "ailing", "down" }.Select(s => $"admin.state.{s}"),
            .. new[] { "open", "redriven", "discarded" }.Select(s => $"admin.letters.{s}"),
            .. new[] { "pending", "approved", "suspended" }.SelectMany(s =>
                new[] { $"admin.farmers.{s}", $"admin.noFarmers.{s}", $"admin.farmer.{s}" }
            ),
            .. new[] { "active", "locked" }.Select(s => $"admin.account.{s}"),
            .. new[] { "shopper", "farmer", "admin" }.Select(r => $"role.{r}"),
            .. adminActions.Select(a => $"action.{a}"),
            .. new Addresses.AddressDraft { Line2 = new string('x', 300) }
                .Check()
                .Values,
            .. FruitRules.All.Where(rule => rule is not FruitRules.Implausible).Select(rule => $"rule.{rule}"),
            .. new[] { "brix", "priceKrw" }.Select(field => $"rule.{FruitRules.Implausible}.{field}"),
            .. BrixMethods.All.Select(method => $"desk.method.{method}"),
            .. new[] { "all", "for-sale", "withdrawn", "low" }.Select(state => $"desk.state.{state}"),
            .. new[] { "lot", "order", "order-released" }.Select(reason => $"stock.{reason}"),
            .. new[] { "number", "recipient", "phone", "postalCode", "address", "fruit", "boxes" }.Select(c =>
                $"pick.{c}"
            ),
            .. new[] { "day", "kind", "number", "fruit", "boxes", "amount", "fee", "payable", "sale", "refund" }.Select(
                c => $"settle.{c}"
            ),
        ];

        keys.Where(k => !Texts.Of(language).ContainsKey(k)).ShouldBeEmpty();
    }

    [Fact]
    public void Every_key_is_used_somewhere()
    {
        var code = string.Join('\n', Sources().Select(source => source.Text));
        var literals = Quoted()
            .Matches(code)
            .Select(match => match.Groups["text"].Value)
            .ToHashSet(StringComparer.Ordinal);
        var composed = Composed()
            .Matches(code)
            .Select(match => match.Groups["text"].Value)
            .Distinct(StringComparer.Ordinal)
            .Select(text => string.Join(".+", Hole().Split(text).Select(Regex.Escape)))
            .Select(pattern => new Regex($"^{pattern}$", RegexOptions.None, TimeSpan.FromSeconds(1)))
            .ToList();

        Texts
            .Of("ko")
            .Keys.Where(key => !literals.Contains(key) && !composed.Exists(pattern => pattern.IsMatch(key)))
            .ShouldBeEmpty();
    }

    [Fact]
    public void A_missing_key_shows_itself_and_says_that_it_is_missing()
    {
        var text = new Texts()["no.such.key"];

        text.Value.ShouldBe("no.such.key");
        text.ResourceNotFound.ShouldBeTrue();
    }

    [Fact]
    public void Texts_speak_the_language_of_the_request()
    {
        In("ko-KR", () => new Texts()["cart.title"].Value).ShouldBe("장바구니");
        In("en-US", () => new Texts()["cart.title"].Value).ShouldBe("Cart");
        In("fr-FR", () => new Texts()["cart.title"].Value).ShouldBe("장바구니");
    }

    [Theory]
    [InlineData(1, "1 box left")]
    [InlineData(2, "2 boxes left")]
    [InlineData(0, "0 boxes left")]
    public void English_knows_one_from_many(int count, string expected) =>
        In("en-US", () => new Texts()["fruit.left", count].Value).ShouldBe(expected);

    private static IEnumerable<(string File, string Text)> Sources() =>
        from file in Directory.EnumerateFiles(Web, "*.*", SearchOption.AllDirectories)
        where file.EndsWith(".razor", StringComparison.Ordinal) || file.EndsWith(".cs", StringComparison.Ordinal)
        where !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal)
        select (Path.GetFileName(file), File.ReadAllText(file));

    internal static T In<T>(string culture, Func<T> step)
    {
        var before = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(culture);
            return step();
        }
        finally
        {
            CultureInfo.CurrentUICulture = before;
        }
    }

    private static IEnumerable<string> Blanks(string text) =>
        Blank().Matches(text).Select(m => m.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    // A literal key: T["cart.title"], with or without arguments; $"…" keys are put together and tested by their data.
    [GeneratedRegex("""\bT\["(?<key>[^"$]+)"[,\]]""", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LiteralKey();

    [GeneratedRegex("\"(?<text>[A-Za-z][^\"{}\\s]*)\"", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Quoted();

    // $"status.{Status}": the words before the first hole name the family.
    [GeneratedRegex(
        @"\$""(?<text>[A-Za-z][A-Za-z.-]*\.(\{[^{}]+\}[A-Za-z.-]*)+)""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Composed();

    [GeneratedRegex(@"\{[^{}]+\}", RegexOptions.None, 1000)]
    private static partial Regex Hole();

    [GeneratedRegex(@"\{\d\}", RegexOptions.None, 1000)]
    private static partial Regex Blank();

    [GeneratedRegex(@"\p{IsHangulSyllables}", RegexOptions.None, 1000)]
    private static partial Regex Hangul();
}
