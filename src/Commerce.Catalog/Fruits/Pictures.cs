namespace Commerce.Catalog.Fruits;

/// <summary>Which illustration shows a fruit. The files are the storefront's <c>/images/fruits/{key}.svg</c>.</summary>
internal static class Pictures
{
    /// <summary>Per category: words of the variety or name that have a picture of their own, then the category's.</summary>
    private static readonly Dictionary<string, (string Default, (string Word, string Key)[] Own)> ByCategory = new(
        StringComparer.Ordinal
    )
    {
        ["apple"] = (
            "apple-fuji",
            [
                ("홍로", "apple-hongro"),
                ("아오리", "apple-aori"),
                ("쓰가루", "apple-aori"),
                ("감홍", "apple-gamhong"),
                ("시나노골드", "apple-gold"),
                ("황옥", "apple-gold"),
            ]
        ),
        ["pear"] = ("pear-singo", [("추황", "pear-chuhwang"), ("원황", "pear-chuhwang"), ("그린시스", "pear-green")]),
        ["citrus"] = (
            "citrus-mandarin",
            [
                ("한라봉", "citrus-hallabong"),
                ("레드향", "citrus-redhyang"),
                ("천혜향", "citrus-cheonhyehyang"),
                ("황금향", "citrus-cheonhyehyang"),
                ("청귤", "citrus-green"),
                ("유자", "citrus-yuja"),
            ]
        ),
        ["grape"] = ("grape-campbell", [("샤인머스캣", "grape-shine"), ("거봉", "grape-kyoho")]),
        ["peach"] = (
            "peach-white",
            [
                ("황도", "peach-yellow"),
                ("엘바트", "peach-yellow"),
                ("천도", "peach-nectarine"),
                ("신비", "peach-nectarine"),
            ]
        ),
        ["plum"] = ("plum-daeseok", [("추희", "plum-chuhui"), ("피자두", "plum-chuhui")]),
        ["apricot"] = ("apricot", [("매실", "maesil")]),
        ["cherry"] = ("cherry", []),
        ["persimmon"] = (
            "persimmon-sweet",
            [
                ("곶감", "persimmon-dried"),
                ("대봉", "persimmon-daebong"),
                ("반시", "persimmon-bansi"),
                ("홍시", "persimmon-daebong"),
            ]
        ),
        ["strawberry"] = (
            "strawberry-seolhyang",
            [("금실", "strawberry-geumsil"), ("킹스베리", "strawberry-kingsberry"), ("만년설", "strawberry-white")]
        ),
        ["berry"] = ("blueberry", [("오디", "mulberry"), ("복분자", "bokbunja"), ("산딸기", "raspberry")]),
        ["melon"] = ("melon-chamoe", [("머스크", "melon-musk"), ("멜론", "melon-musk"), ("얼스", "melon-musk")]),
        ["watermelon"] = ("watermelon", [("애플수박", "watermelon-apple"), ("흑수박", "watermelon-black")]),
        ["kiwi"] = (
            "kiwi-green",
            [("골드", "kiwi-gold"), ("해금", "kiwi-gold"), ("홍양", "kiwi-red"), ("레드", "kiwi-red")]
        ),
        ["fig"] = ("fig", []),
        ["jujube"] = ("jujube", []),
        ["pomegranate"] = ("pomegranate", []),
    };

    /// <summary>Every picture there has to be.</summary>
    public static IEnumerable<string> Keys =>
        ByCategory
            .Values.SelectMany(category => category.Own.Select(own => own.Key).Append(category.Default))
            .Distinct();

    public static string Url(string category, string variety, string name)
    {
        var (key, own) = ByCategory[category];
        foreach (var (word, picture) in own)
        {
            if (variety.Contains(word, StringComparison.Ordinal) || name.Contains(word, StringComparison.Ordinal))
            {
                key = picture;
                break;
            }
        }
        return $"/images/fruits/{key}.svg";
    }
}
