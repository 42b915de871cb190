using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Dapper;

namespace Commerce.Catalog.Tests.Fruits;

/// <summary>What people type, and what they mean.</summary>
[Collection(CatalogCollection.Name)]
public sealed class SearchTypoTests(CatalogFixture catalog)
{
    [Theory]
    // One letter of a syllable
    [InlineData("샤안머스켓", "샤인머스캣")]
    [InlineData("샤인머스켓", "샤인머스캣")]
    [InlineData("샤인머스캇", "샤인머스캣")]
    [InlineData("캠밸얼리", "캠벨얼리")]
    [InlineData("한라붕", "한라봉")]
    [InlineData("천헤향", "천혜향")]
    [InlineData("설항", "설향")]
    [InlineData("거붕", "거봉")]
    [InlineData("시과", "사과")]
    [InlineData("복쑹아", "복숭아")]
    [InlineData("무하과", "무화과")]
    [InlineData("불루베리", "블루베리")]
    // Half typed, or the middle of a word
    [InlineData("샤안", "샤인머스캣")]
    [InlineData("샤인ㅁ", "샤인머스캣")]
    [InlineData("머스켓", "샤인머스캣")]
    // The first letters, and the other keyboard
    [InlineData("ㅅㄱ", "사과")]
    [InlineData("ㅅㅇㅁㅅㅋ", "샤인머스캣")]
    [InlineData("tkrhk", "사과")]
    [InlineData("tidlsajtmzot", "샤인머스캣")]
    // Without a space
    [InlineData("나주배", "나주 배")]
    [InlineData("청송사과", "청송 사과")]
    [InlineData("샤인머스캣포도", "샤인머스캣 포도")]
    // In English
    [InlineData("shne", "shine")]
    [InlineData("shien muskat", "shine muscat")]
    [InlineData("blueberies", "blueberries")]
    [InlineData("shinemuscat", "shine muscat")]
    // Only the wrong word of several
    [InlineData("부사 사괴", "부사 사과")]
    public async Task A_slip_finds_what_was_meant(string typed, string meant)
    {
        var page = await FindAsync(typed);
        page.SearchedFor.ShouldBe(meant);
        page.Total.ShouldBe((await FindAsync(meant)).Total);
        page.Total.ShouldBeGreaterThan(0);
        page.Suggestions.ShouldBeNull();
    }

    [Theory]
    [InlineData("샤인")]
    [InlineData("사과 부사")]
    [InlineData("shine muscat")]
    public async Task What_is_there_is_not_corrected(string typed)
    {
        var page = await FindAsync(typed);
        page.Total.ShouldBeGreaterThan(0);
        page.SearchedFor.ShouldBeNull();
    }

    [Theory]
    [InlineData("사과 부사 제주")] // each exists, but not together
    [InlineData("zzzzzz")]
    [InlineData("노트북 충전기")]
    [InlineData("👍👍👍")]
    public async Task What_means_nothing_here_finds_nothing(string typed)
    {
        var page = await FindAsync(typed);
        page.Total.ShouldBe(0);
        page.SearchedFor.ShouldBeNull();
        page.Suggestions.ShouldNotBeNull();
    }

    [Fact]
    public async Task Too_far_for_a_slip_is_still_suggested()
    {
        var page = await FindAsync("머스크메론하우스");
        page.Total.ShouldBe(0);
        page.Suggestions!.ShouldContain("머스크멜론");
    }

    [Fact]
    public async Task A_correction_keeps_the_filters()
    {
        var all = await FindAsync("시과");
        var premium = await catalog.SearchAsync(
            $"q={Uri.EscapeDataString("시과")}&grade={Uri.EscapeDataString("특")}&sort=price"
        );
        premium.SearchedFor.ShouldBe("사과");
        premium.Total.ShouldBeInRange(1, all.Total - 1);
        premium.Items.ShouldAllBe(fruit => fruit.Grade == "특");
        premium.Items.Select(fruit => fruit.PriceKrw).ShouldBeInOrder(SortDirection.Ascending);
    }

    [Fact]
    public async Task Words_of_a_new_or_changed_fruit_are_known_and_those_of_a_withdrawn_one_are_not_proposed()
    {
        var id = await catalog.NewFruitAsync(name: "귀한백설홍");
        (await FindAsync("귀한벡설홍")).SearchedFor.ShouldBe("귀한백설홍");

        var renamed = CatalogFixture.Draft(name: "드문옥색정");
        (await catalog.Farmer.PutAsJsonAsync($"/fruits/{id}", renamed)).EnsureSuccessStatusCode();
        (await FindAsync("드믄옥색정")).SearchedFor.ShouldBe("드문옥색정");
        (await FindAsync("귀한벡설홍")).SearchedFor.ShouldBeNull();

        (
            await catalog.Farmer.PutAsJsonAsync($"/fruits/{id}", renamed with { ForSale = false })
        ).EnsureSuccessStatusCode();
        (await FindAsync("드믄옥색정")).SearchedFor.ShouldBeNull();
    }

    [Theory]
    [InlineData("샤인머스캣", "tidlsajtmzot", "ㅅㅇㅁㅅㅋ")]
    [InlineData("값진 꿀", "rkqtwlsrnf", "ㄱㅈㄲ")]
    [InlineData("ㅅㄱㅘ", "trhk", "")]
    [InlineData("GAP 2kg", "gap2kg", "")]
    public async Task A_word_is_kept_as_one_types_it(string word, string keys, string initials)
    {
        await using var connection = await catalog.Database.OpenConnectionAsync();
        (
            await connection.QuerySingleAsync<(string, string)>(
                "select keystrokes(@word), initials(@word)",
                new { word }
            )
        ).ShouldBe((keys, initials));
    }

    private Task<FruitPage> FindAsync(string q) => catalog.SearchAsync($"q={Uri.EscapeDataString(q)}");
}
