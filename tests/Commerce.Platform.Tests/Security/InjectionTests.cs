using System.Net;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Security;

/// <summary>What people type stays what they typed: text on a page, text in a spreadsheet.</summary>
[Collection(PlatformCollection.Name)]
public sealed class InjectionTests(Cast cast) : IClassFixture<Cast>
{
    // Ends attributes, scripts and comments; a browser that takes any of it for markup would load the picture.
    private const string Evil = "</script>--><img src=x onerror=alert(1)>'\"`{{7*7}}";

    private Market Market => cast.Platform.Market;

    [Fact]
    public async Task Markup_in_every_text_that_people_write_comes_back_as_text()
    {
        var farmer = await cast.OpenFarmAsync(Marked("farm"), Short("region"));
        await SendAsync(
            farmer,
            HttpMethod.Put,
            "catalog",
            "farms/me",
            new FarmProfile(Short("region"), Marked("story"), Marked("storyEn"), Short("producer"), Short("producerEn"))
        );
        var fruit = await ListAsync(farmer);
        var shopper = await Market.RegisterShopperAsync();
        await SendAsync(shopper, HttpMethod.Put, "identity", "me", new UpdateAccount(Short("name")));
        await SendAsync(
            shopper,
            HttpMethod.Post,
            "identity",
            "me/addresses",
            new NewAddress("<b>", Short("recipient"), "010-2345-6789", "37409", Marked("line1"), Marked("line2"))
        );
        var order = await cast.BuyAsync(
            shopper,
            new(Short("recipient"), "010-2345-6789", "37409", Marked("line1"), Marked("line2")),
            fruit
        );
        await Market.WaitForAsync(shopper, order, OrderStatus.Delivered);
        await ReviewAsync(shopper, fruit);

        await ShouldBeTextAsync(
            null,
            $"/fruits/{fruit}",
            "name",
            "variety",
            "description",
            "storage",
            "review",
            "cert"
        );
        await ShouldBeTextAsync(null, $"/farms/{await cast.IdAsync(farmer)}", "farm", "story");
        await ShouldBeTextAsync(null, $"/fruits?q={Uri.EscapeDataString(Evil)}");
        await ShouldBeTextAsync(
            null,
            $"/fruits?category={Uri.EscapeDataString(Evil)}&region={Uri.EscapeDataString(Evil)}"
        );
        await ShouldBeTextAsync(null, $"/sign-in?returnUrl={Uri.EscapeDataString("/" + Evil)}");
        await ShouldBeTextAsync(null, $"/fruits?culture={Uri.EscapeDataString(Evil)}");
        await ShouldBeTextAsync(shopper.Email, $"/orders/{order}", "recipient", "line1", "line2", "name");
        await ShouldBeTextAsync(shopper.Email, "/account", "recipient", "line1");
        await ShouldBeTextAsync(farmer.Email, "/farm/orders?all=true", "name");
        await ShouldBeTextAsync(farmer.Email, "/farm/fruits", "name");
        await ShouldBeTextAsync(farmer.Email, $"/farm/fruits/{fruit}", "name", "description");
        await ShouldBeTextAsync(farmer.Email, "/farm/profile", "story");
        await ShouldBeTextAsync(DemoAccounts.AdminEmail, $"/admin/orders/{order}", "recipient", "line1");
        await ShouldBeTextAsync(DemoAccounts.AdminEmail, $"/admin/orders?q={Uri.EscapeDataString(Evil)}");
        await ShouldBeTextAsync(DemoAccounts.AdminEmail, $"/admin/accounts?q={Uri.EscapeDataString(Evil)}");
        await ShouldBeTextAsync(DemoAccounts.AdminEmail, "/admin/farmers?status=approved", "farm");
    }

    [Fact]
    public async Task A_spreadsheet_opens_a_farmers_files_without_running_anything()
    {
        const string Formula = "=HYPERLINK(\"http://evil.example\";\"x\")";
        await SendAsync(cast.Farmer, HttpMethod.Put, "delivery", "farm/hand-over", new HandOver(true));
        var order = await cast.BuyAsync(
            cast.Shopper,
            new(Formula, "010-2345-6789", "37409", "@SUM(1+1)*cmd|' /C calc'!A0", "-1")
        );
        await Market.WaitForAsync(cast.Shopper, order, OrderStatus.Confirmed);
        var shipments = await Market.SendAsync<IReadOnlyList<Shipment>>(
            cast.Farmer,
            HttpMethod.Get,
            "order",
            "farm/shipments"
        );
        await SendAsync(cast.Farmer, HttpMethod.Put, "delivery", "farm/hand-over", new HandOver(false));

        using var farmer = await ShopClient.SignInAsync(cast.Platform, cast.Farmer.Email);
        var day = shipments.ShouldHaveSingleItem().ShipsOn;
        using var answer = await farmer.GetAsync($"/farm/pick-list.csv?shipsOn={day:yyyy-MM-dd}");
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentDisposition!.FileName.ShouldBe($"pick-list-{day:yyyy-MM-dd}.csv");
        var file = await answer.Content.ReadAsStringAsync();
        file.ShouldContain("'=HYPERLINK");
        file.ShouldContain("'@SUM");
        file.Split(["\r\n", ","], StringSplitOptions.None).Where(StartsAFormula).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/farm/pick-list.csv?shipsOn=2026-11-20%0d%0aSet-Cookie:%20evil=1")]
    [InlineData("/farm/pick-list.csv?shipsOn=../../etc/passwd")]
    [InlineData("/farm/settlement.csv?month=2026-11-01%22;%20filename=%22evil.exe")]
    public async Task The_name_of_a_file_cannot_carry_a_header(string path)
    {
        using var farmer = await ShopClient.SignInAsync(cast.Platform, cast.Farmer.Email);
        using var answer = await farmer.GetAsync(path);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        answer.Headers.Contains("Set-Cookie").ShouldBeFalse();
        answer.Content.Headers.ContentDisposition.ShouldBeNull();
    }

    private static bool StartsAFormula(string cell) =>
        cell.TrimStart('"', '\uFEFF') is ['=' or '+' or '-' or '@' or '\t' or '\r', ..];

    private static string Marked(string field) => $"{field}{Evil}";

    /// <summary>For fields of few characters.</summary>
    private static string Short(string field) => $"{field}<img src=x onerror=a()>";

    private async Task<Guid> ListAsync(Person farmer)
    {
        var draft = new FruitDraft(
            Marked("name"),
            Short("variety"),
            "apple",
            "특",
            14.5m,
            5m,
            14,
            16,
            30_000,
            1,
            12,
            Marked("nameEn"),
            Short("varietyEn"),
            ["cert<img src=x>"],
            Marked("description"),
            Marked("descriptionEn"),
            Marked("storage"),
            Marked("storageEn")
        );
        var fruit = await Market.SendAsync<FruitCreated>(farmer, HttpMethod.Post, "catalog", "fruits", draft);
        var lot = new NewLot(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-1)), 14.5m, 20);
        await SendAsync(farmer, HttpMethod.Post, "catalog", $"fruits/{fruit.Id}/lots", lot);
        await SendAsync(
            farmer,
            HttpMethod.Post,
            "catalog",
            $"fruits/{fruit.Id}/stock",
            new StockChange(1, Short("reason"))
        );
        await Eventually.UntilAsync(
            async () =>
            {
                using var put = await Market.SendAsync(
                    cast.OtherShopper,
                    HttpMethod.Put,
                    "order",
                    $"cart/items/{fruit.Id}",
                    new CartQuantity(1)
                );
                return put.IsSuccessStatusCode;
            },
            "Order has its copy of the new fruit"
        );
        return fruit.Id;
    }

    private Task ReviewAsync(Person shopper, Guid fruit) =>
        Eventually.UntilAsync(
            async () =>
            {
                using var review = await Market.SendAsync(
                    shopper,
                    HttpMethod.Post,
                    "catalog",
                    $"fruits/{fruit}/reviews",
                    new NewReview(5, Marked("review"))
                );
                return review.IsSuccessStatusCode;
            },
            "who received the fruit may review it"
        );

    /// <param name="fields">Marked texts that the page shows; so it is known to have shown them.</param>
    private async Task ShouldBeTextAsync(string? email, string path, params string[] fields)
    {
        using var visitor = email is null
            ? new ShopClient(cast.Platform)
            : await ShopClient.SignInAsync(cast.Platform, email);
        var html = await visitor.HtmlAsync(path);

        html.ShouldNotContain("<img src=x", Case.Insensitive, path);
        html.ShouldNotContain("</script>-->", Case.Insensitive, path);
        foreach (var field in fields)
            WebUtility.HtmlDecode(html).ShouldContain(field + "<", Case.Sensitive, path);
    }

    private async Task SendAsync(Person person, HttpMethod method, string service, string path, object body)
    {
        using var response = await Market.SendAsync(person, method, service, path, body);
        response.IsSuccessStatusCode.ShouldBeTrue($"{path}: {await response.Content.ReadAsStringAsync()}");
    }
}
