using Commerce.Storefront.Addresses;
using Commerce.Storefront.Api;

namespace Commerce.Storefront.Tests.Api;

/// <summary>Addresses of pages and services, and addresses of people.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("/orders?page=2", "/orders?page=2")]
    [InlineData("/", "/")]
    [InlineData("/fruits?q=사과&page=2#%EA%B0%90", "/fruits?q=%EC%82%AC%EA%B3%BC&page=2#%EA%B0%90")]
    [InlineData("/\uff0fevil.example", "/%EF%BC%8Fevil.example")]
    [InlineData("/ /evil.example", "/%20/evil.example")]
    [InlineData("//evil.example", "/")]
    [InlineData("/\\evil.example", "/")]
    [InlineData("https://evil.example", "/")]
    [InlineData("javascript:alert(1)", "/")]
    [InlineData("/ok\r\nSet-Cookie: x=y", "/")]
    [InlineData("orders", "/")]
    [InlineData("", "/")]
    [InlineData(null, "/")]
    public void Signing_in_never_leads_out_of_the_shop(string? returnUrl, string target) =>
        Address.LocalOrHome(returnUrl).ShouldBe(target);

    [Fact]
    public void A_query_leaves_out_what_is_not_set_and_escapes_the_rest() =>
        Address
            .Of("fruits", ("q", "사과 & 배"), ("category", null), ("grade", ""), ("inSeason", true), ("page", 2))
            .ShouldBe("fruits?q=%EC%82%AC%EA%B3%BC%20%26%20%EB%B0%B0&inSeason=true&page=2");

    [Fact]
    public void A_search_has_one_address_whatever_default_was_spelled_out()
    {
        var spelled = FruitSearch.From(" 사과 ", "", null, null, false, 0, null, "nonsense", 1);

        spelled.ShouldBe(new FruitSearch(Q: "사과"));
        spelled.ToUrl().ShouldBe("/fruits?q=%EC%82%AC%EA%B3%BC");
    }

    [Theory]
    [InlineData(-5)]
    [InlineData(0)]
    [InlineData(10_001)]
    public void A_page_that_cannot_be_is_the_first(int page) =>
        FruitSearch.From(null, null, null, null, null, null, null, null, page).Page.ShouldBe(1);

    [Fact]
    public void A_search_goes_to_the_service_under_the_names_of_the_contract() =>
        new FruitSearch("배", "pear", "전남 나주", "특", true, 1000, 50000, "-price", 3, "GAP")
            .ToApi(24)
            .ShouldBe(
                "fruits?q=%EB%B0%B0&category=pear&region=%EC%A0%84%EB%82%A8%20%EB%82%98%EC%A3%BC&grade=%ED%8A%B9"
                    + "&certification=GAP&inSeason=true&minPrice=1000&maxPrice=50000&sort=-price&page=3&pageSize=24"
            );

    [Fact]
    public void An_overlong_search_is_cut_to_what_the_service_takes() =>
        FruitSearch.From(new string('배', 300), null, null, null, null, null, null, null, null).Q!.Length.ShouldBe(100);

    [Theory]
    [InlineData("01012345678", "010-1234-5678")]
    [InlineData("010 1234 5678", "010-1234-5678")]
    [InlineData("0212345678", "02-1234-5678")]
    [InlineData("021234567", "02-123-4567")]
    [InlineData("0311234567", "031-123-4567")]
    [InlineData("050712345678", "0507-1234-5678")]
    [InlineData(" 12 ", "12")]
    public void Phone_numbers_are_written_in_one_way(string typed, string kept) =>
        AddressDraft.NormalPhone(typed).ShouldBe(kept);

    [Fact]
    public void A_whole_address_has_no_error_and_is_sent_trimmed()
    {
        var draft = new AddressDraft
        {
            Recipient = " 김장보 ",
            Phone = "01012345678",
            PostalCode = "06236 ",
            Line1 = " 서울 강남구 테헤란로 1",
        };

        draft.Check().ShouldBeEmpty();
        draft.ToAddress().ShouldBe(new("김장보", "010-1234-5678", "06236", "서울 강남구 테헤란로 1", null));
    }

    [Fact]
    public void An_empty_address_names_every_field_that_is_missing() =>
        new AddressDraft().Check().Keys.ShouldBe(["recipient", "phone", "postalCode", "line1"], ignoreOrder: true);
}
