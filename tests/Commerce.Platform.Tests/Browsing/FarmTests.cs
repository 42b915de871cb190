using System.Text;
using System.Text.RegularExpressions;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>A farmer's work, by a person's means: from the first listing to the money.</summary>
[Collection(PlatformCollection.Name)]
public sealed partial class FarmTests(Platform platform, Browser browser)
{
    private Market Market => platform.Market;

    [Fact]
    public async Task A_new_farmer_lists_a_fruit_ships_its_orders_and_sees_the_money()
    {
        var email = await OpenFarmAsync();
        await using var farmer = await browser.VisitAsync(platform, Look.Desktop, email);
        await farmer.OpenAsync("/farm");
        await farmer.Part("first-fruit").ClickAsync();

        var fruit = await ListAsync(farmer);
        await StockAsync(farmer, fruit);
        await farmer.OpenAsync("/farm/orders");
        await farmer.Part("by-farmer").CheckAsync();
        await Expect(farmer.Part("by-farmer")).ToBeCheckedAsync();
        var orders = await SellAsync(email, fruit, boxes: [1, 2, 3]);

        await ShipAsync(farmer, orders);
        await SettleAsync(farmer, fruit, orders);
        await StrangerSeesNothingAsync(fruit, orders);
        farmer.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_farmers_file_is_checked_taken_row_by_row_and_doubles_nothing()
    {
        var email = await OpenFarmAsync();
        await using var farmer = await browser.VisitAsync(platform, Look.Desktop, email);
        await farmer.OpenAsync("/farm/import");
        var template = await farmer.Page.RunAndWaitForDownloadAsync(() => farmer.Part("import-template").ClickAsync());
        var header = (await File.ReadAllLinesAsync(await template.PathAsync()))[0];
        header.ShouldContain("상품명");
        var good = Enumerable
            .Range(1, 120)
            .Select(i => $"B-{i},꿀사과 {i}호,,부사,,사과,특,15.2,비파괴,5,13,16,39900,10,4,GAP,,,,,예,{i},");
        string[] rows = [header, .. good, "B-900,샤인머스캣,,샤인머스캣,,포도,특,31,,2,3,5,24900,8,12,,,,,,,,"];

        await ChooseFileAsync(farmer, rows);
        await Expect(farmer.Part("import-good")).ToHaveTextAsync("120");
        await Expect(farmer.Part("import-problem")).ToHaveCountAsync(1);
        await Expect(farmer.Part("import-problem")).ToContainTextAsync("16~22 Brix");
        await farmer.Part("import-whole").CheckAsync();
        await Expect(farmer.Part("import-run")).ToBeDisabledAsync();
        await farmer.Part("import-whole").UncheckAsync();
        await farmer.Part("import-run").ClickAsync();
        await Expect(farmer.Part("import-progress")).ToBeVisibleAsync();
        await Expect(farmer.Part("import-created")).ToHaveTextAsync("120");
        await Expect(farmer.Part("import-status")).ToContainTextAsync("끝났어요");

        await ChooseFileAsync(farmer, rows);
        await farmer.Part("import-run").ClickAsync();
        await Expect(farmer.Part("import-unchanged")).ToHaveTextAsync("120");
        await farmer.Part("import-see").ClickAsync();
        await Expect(farmer.Page.GetByText("상품 120개")).ToBeVisibleAsync();
        farmer.Errors.ShouldBeEmpty();
    }

    private static async Task<Guid> ListAsync(Visitor farmer)
    {
        await farmer.Part("fruit-name").FillAsync("시험 꿀사과");
        await farmer.Part("fruit-variety").FillAsync("부사");
        await farmer.Part("fruit-brix").FillAsync("25");
        await farmer.Part("fruit-weight").FillAsync("5");
        // Told as soon as the field is left, before anything is sent.
        await Expect(farmer.Page.Locator("#brix-error")).ToContainTextAsync("11~18 Brix");
        await farmer.Part("fruit-count-min").FillAsync("13");
        await farmer.Part("fruit-count-max").FillAsync("60");
        await farmer.Part("fruit-price").FillAsync("30000");
        await farmer.Part("save-fruit").ClickAsync();
        await Expect(farmer.Part("fruit-message")).ToBeVisibleAsync();
        await Expect(farmer.Page.Locator("#count-max-error")).ToContainTextAsync("50");

        await farmer.Part("fruit-brix").FillAsync("15.2");
        await farmer.Part("fruit-count-max").FillAsync("16");
        await farmer.Part("save-fruit").ClickAsync();
        await Expect(farmer.Page).ToHaveURLAsync(StockUrl());
        return Guid.Parse(StockUrl().Match(farmer.Page.Url).Groups["id"].Value);
    }

    private static async Task StockAsync(Visitor farmer, Guid fruit)
    {
        await Expect(farmer.Part("lot-brix")).ToHaveValueAsync("15.2");
        await farmer.Part("lot-quantity").FillAsync("40");
        await farmer.Part("save-lot").ClickAsync();
        await Expect(farmer.Part("stock-now")).ToContainTextAsync("40");
        await farmer.Part("stock-delta").FillAsync("-3");
        await farmer.Part("stock-reason").FillAsync("파손");
        await farmer.Part("save-stock").ClickAsync();
        await Expect(farmer.Part("stock-now")).ToContainTextAsync("37");
        await Expect(farmer.Part("movement")).ToHaveCountAsync(2);
        await Expect(farmer.Part("movement").First).ToContainTextAsync("파손");
        await farmer.Part("stock-delta").FillAsync("-99");
        await farmer.Part("stock-reason").FillAsync("너무 많이");
        await farmer.Part("save-stock").ClickAsync();
        await Expect(farmer.Part("stock-message")).ToHaveAttributeAsync("role", "alert");

        await farmer.OpenAsync("/farm/fruits?q=꿀사과");
        var row = farmer.Page.Locator($"[data-fruit='{fruit}']");
        await row.GetByTestId("toggle-sale").ClickAsync();
        await Expect(row.GetByTestId("sale-state")).ToHaveTextAsync("내림");
        await row.GetByTestId("toggle-sale").ClickAsync();
        await Expect(row.GetByTestId("sale-state")).ToHaveTextAsync("판매 중");
    }

    private static async Task ShipAsync(Visitor farmer, IReadOnlyList<Guid> orders)
    {
        await farmer.OpenAsync("/farm/orders");
        await Expect(farmer.Part("farm-order")).ToHaveCountAsync(orders.Count);
        await farmer.Part("to-pick-list").ClickAsync();
        await Expect(farmer.Part("pick-fruit")).ToContainTextAsync("6");
        await Expect(farmer.Part("pick-order")).ToHaveCountAsync(orders.Count);
        await farmer.Page.EmulateMediaAsync(new() { Media = Media.Print });
        await Expect(farmer.Part("print")).ToBeHiddenAsync();
        await Expect(farmer.Part("pick-fruit")).ToBeVisibleAsync();
        await farmer.Page.EmulateMediaAsync(new() { Media = Media.Screen });
        var file = await farmer.Page.RunAndWaitForDownloadAsync(() => farmer.Part("pick-csv").ClickAsync());
        var bytes = await File.ReadAllBytesAsync(await file.PathAsync());
        bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble).ShouldBeTrue();
        Encoding.UTF8.GetString(bytes).ShouldContain(Market.Address.Recipient);

        await farmer.OpenAsync("/farm/orders");
        await farmer.Page.Locator($"[data-order='{orders[0]}']").GetByTestId("hand-over").ClickAsync();
        await Expect(farmer.Part("ship-message")).ToContainTextAsync("1");
        await Expect(farmer.Part("farm-order")).ToHaveCountAsync(2);
        await farmer.Part("mark-all").CheckAsync();
        await farmer.Part("hand-over-marked").ClickAsync();
        await Expect(farmer.Part("farm-order").GetByTestId("mark")).ToHaveCountAsync(0);
    }

    private async Task SettleAsync(Visitor farmer, Guid fruit, IReadOnlyList<Guid> orders)
    {
        var admin = await Market.SignInAsync(DemoAccounts.AdminEmail);
        foreach (var order in orders)
            await Market.WaitForAsync(admin, order, OrderStatus.Delivered);
        await farmer.OpenAsync("/farm/settlement");
        await Expect(farmer.Part("settlement-line")).ToHaveCountAsync(3);
        // 6 boxes of ₩30,000 less 6 %.
        await Expect(farmer.Part("payable").First).ToHaveTextAsync("169,200원");
        var file = await farmer.Page.RunAndWaitForDownloadAsync(() => farmer.Part("settlement-csv").ClickAsync());
        var lines = await File.ReadAllLinesAsync(await file.PathAsync());
        lines.Length.ShouldBe(4);
        lines
            .Skip(1)
            .Sum(line => long.Parse(line.Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture))
            .ShouldBe(169_200);

        await farmer.OpenAsync("/farm");
        await Expect(farmer.Part("tile-today")).ToHaveTextAsync("180,000원");
        await farmer.Part("sales-week").ClickAsync();
        await Expect(farmer.Part("sales-by-time").Locator("svg")).ToBeVisibleAsync();
        (await Market.FruitAsync(fruit)).Available.ShouldBe(31);
    }

    private async Task StrangerSeesNothingAsync(Guid fruit, IReadOnlyList<Guid> orders)
    {
        await using var stranger = await browser.VisitAsync(platform, Look.Desktop, DemoAccounts.FarmerEmail);
        await stranger.OpenAsync($"/farm/fruits/{fruit}/stock");
        await Expect(stranger.Part("trouble")).ToBeVisibleAsync();
        await Expect(stranger.Part("save-lot")).ToHaveCountAsync(0);
        await stranger.OpenAsync("/farm/settlement");
        foreach (var order in orders)
            (await stranger.Page.ContentAsync()).ShouldNotContain(order.ToString("N")[^12..].ToUpperInvariant());
    }

    private static async Task ChooseFileAsync(Visitor farmer, string[] rows)
    {
        var cp949 = CodePagesEncodingProvider.Instance.GetEncoding(949)!;
        await farmer
            .Part("import-file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "fruits.csv",
                    MimeType = "text/csv",
                    // As Excel in Korea saves it.
                    Buffer = cp949.GetBytes(string.Join("\r\n", rows).TrimStart('\uFEFF')),
                }
            );
        await Expect(farmer.Part("import-preview")).ToBeVisibleAsync();
        await Expect(farmer.Part("import-run")).ToBeEnabledAsync();
    }

    /// <summary>A farmer whom the admin has approved; the e-mail address.</summary>
    private async Task<string> OpenFarmAsync()
    {
        var email = $"farmer-{Guid.NewGuid():N}@example.com";
        var account = await Market.SendAsync<AccountCreated>(
            null,
            HttpMethod.Post,
            "identity",
            "accounts",
            new RegisterAccount(email, DemoAccounts.Password, "이새벽", "farmer", "새벽농원", "경북 청송")
        );
        var admin = await Market.SignInAsync(DemoAccounts.AdminEmail);
        (
            await Market.SendAsync(admin, HttpMethod.Post, "identity", $"farmers/{account.Id}/approve")
        ).EnsureSuccessStatusCode();
        await Eventually.UntilAsync(
            async () =>
            {
                using var farm = await Market.SendAsync(null, HttpMethod.Get, "catalog", $"farms/{account.Id}");
                return farm.IsSuccessStatusCode;
            },
            "the farm is open"
        );
        return email;
    }

    /// <summary>An order for each number of boxes, confirmed and waiting at the farm.</summary>
    private async Task<IReadOnlyList<Guid>> SellAsync(string email, Guid fruit, int[] boxes)
    {
        var shopper = await Market.RegisterShopperAsync();
        var orders = new List<Guid>();
        foreach (var quantity in boxes)
        {
            var order = await Market.PlaceAsync(shopper, fruit, quantity);
            await Market.WaitForAsync(shopper, order.OrderId, OrderStatus.Confirmed);
            orders.Add(order.OrderId);
        }
        var farmer = await Market.SignInAsync(email);
        await Eventually.UntilAsync(
            async () =>
                (await Market.SendAsync<Paged<FarmOrder>>(farmer, HttpMethod.Get, "order", "farm/orders")).Items.All(
                    order => order is { ToShip: true, DeliveryStatus: "READY" }
                ),
            "the boxes wait for the farmer"
        );
        return orders;
    }

    [GeneratedRegex("/farm/fruits/(?<id>[0-9a-f-]{36})/stock", RegexOptions.None, 1000)]
    private static partial Regex StockUrl();
}
