using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace Commerce.Platform.Tests.Browsing;

/// <summary>A page in one of its states, as somebody comes to see it.</summary>
/// <param name="Name">Unique; begins the names of its pictures.</param>
/// <param name="Route">The template behind the page's <c>@page</c>.</param>
/// <param name="Path">Where it is, with ids that this platform has.</param>
/// <param name="Email">The demo account that is signed in; null is a guest.</param>
/// <param name="Then">What the visitor does there: opens a menu, leaves a field empty.</param>
public sealed record ShopPage(
    string Name,
    string Route,
    Func<Samples, string> Path,
    string? Email = null,
    Func<Visitor, Samples, Task>? Then = null
)
{
    public ShopPage(string name, string route, string? email = null, Func<Visitor, Samples, Task>? then = null)
        : this(name, route, _ => route, email, then) { }

    /// <summary>Opens it, waits until everything that was asked for is there, and does what belongs to it.</summary>
    public async Task OpenAsync(Visitor visitor, Samples samples)
    {
        await visitor.OpenAsync(Path(samples));
        if (Then is not null)
            await Then(visitor, samples);
        await visitor.SettleAsync();
    }
}

/// <summary>
/// Every page of the shop, for the tests and pictures that have to see all of them. A page that is not here fails
/// <see cref="PagesTests"/>; a state worth a look (an open dialog, errors, nothing found) is one more entry.
/// </summary>
public static class Pages
{
    private const string Shopper = DemoAccounts.ShopperEmail;
    private const string Farmer = DemoAccounts.FarmerEmail;
    private const string Admin = DemoAccounts.AdminEmail;
    private const string Nobody = "00000000-0000-7000-8000-000000000000";

    public static readonly IReadOnlyList<ShopPage> All =
    [
        // Shop
        new("home", "/"),
        new("fruits", "/fruits"),
        new("fruits-filtered", "/fruits", _ => "/fruits?category=apple&grade=특&inSeason=true"),
        new("fruits-none", "/fruits", _ => "/fruits?q=zzzzzz"),
        new("fruit", "/fruits/{Id:guid}", samples => $"/fruits/{samples.Fruit}"),
        new("fruit-unknown", "/fruits/{Id:guid}", _ => $"/fruits/{Nobody}"),
        new("farms", "/farms"),
        new("farm", "/farms/{Id:guid}", samples => $"/farms/{samples.Farm}"),
        new("cart-empty", "/cart"),
        new("cart", "/cart", null, FillCartAsync),
        new("checkout", "/checkout", Shopper, CheckOutAsync),
        new("checkout-errors", "/checkout", Shopper, CheckOutWithoutAddressAsync),
        new("orders", "/orders", Shopper),
        new("order", "/orders/{Id:guid}", samples => $"/orders/{samples.Order}", Shopper),
        // Account
        new("sign-in", "/sign-in"),
        new("sign-in-refused", "/sign-in", null, SignInWronglyAsync),
        new("register", "/register"),
        new("account", "/account", Shopper),
        new("account-address", "/account", Shopper, (visitor, _) => visitor.Part("address-add").ClickAsync()),
        new("account-password", "/account/password", Shopper),
        new("account-menu", "/", Admin, (visitor, _) => visitor.Part("account-menu").Locator("summary").ClickAsync()),
        // Farm
        new("farm-dashboard", "/farm", Farmer),
        new("farm-fruits", "/farm/fruits", Farmer),
        new("farm-fruits-none", "/farm/fruits", _ => "/farm/fruits?q=zzzzzz", Farmer),
        new("farm-fruit-new", "/farm/fruits/new", Farmer),
        new("farm-fruit-refused", "/farm/fruits/new", Farmer, RefuseFruitAsync),
        new("farm-fruit", "/farm/fruits/{Id:guid}", samples => $"/farm/fruits/{samples.FarmersFruit}", Farmer),
        new(
            "farm-stock",
            "/farm/fruits/{Id:guid}/stock",
            samples => $"/farm/fruits/{samples.FarmersFruit}/stock",
            Farmer
        ),
        new("farm-import", "/farm/import", Farmer),
        new("farm-import-preview", "/farm/import", Farmer, PreviewImportAsync),
        new("farm-orders", "/farm/orders", Farmer),
        new("farm-all-orders", "/farm/orders", _ => "/farm/orders?all=true", Farmer),
        new("farm-pick-list", "/farm/pick-list", Farmer),
        new("farm-settlement", "/farm/settlement", Farmer),
        new("farm-profile", "/farm/profile", Farmer),
        // Admin
        new("admin", "/admin", Admin),
        new("admin-orders", "/admin/orders", Admin),
        new("admin-order", "/admin/orders/{Id:guid}", samples => $"/admin/orders/{samples.Order}", Admin),
        new("admin-dead-letters", "/admin/dead-letters", Admin),
        new("admin-orders-none", "/admin/orders", _ => "/admin/orders?q=zzzzzz&from=2020-01-01&to=2020-01-02", Admin),
        new(
            "admin-order-refund",
            "/admin/orders/{Id:guid}",
            samples => $"/admin/orders/{samples.Order}",
            Admin,
            AskRefundAsync
        ),
        new("admin-deliveries", "/admin/deliveries", Admin),
        new("admin-farmers", "/admin/farmers", Admin),
        new("admin-farmers-approved", "/admin/farmers", _ => "/admin/farmers?status=approved", Admin),
        new("admin-accounts", "/admin/accounts", Admin),
        new("admin-actions", "/admin/actions", Admin),
        // When something is not as it should be
        new("not-found", "/not-found"),
        new("forbidden", "/forbidden"),
        new("error", "/error"),
    ];

    private static async Task FillCartAsync(Visitor visitor, Samples samples)
    {
        await visitor.OpenAsync($"/fruits/{samples.Fruit}");
        await visitor.Part("add-to-cart").ClickAsync();
        await Expect(visitor.Part("cart-link")).Not.ToHaveAttributeAsync("data-count", "0");
        await visitor.OpenAsync("/cart");
    }

    /// <summary>The demo shopper's cart may be full or empty by now: other tests buy with it.</summary>
    private static async Task CheckOutAsync(Visitor visitor, Samples samples)
    {
        await visitor.SettleAsync();
        if (await visitor.Part("place-order").CountAsync() > 0)
            return;
        await FillCartAsync(visitor, samples);
        await visitor.OpenAsync("/checkout");
    }

    private static async Task CheckOutWithoutAddressAsync(Visitor visitor, Samples samples)
    {
        await CheckOutAsync(visitor, samples);
        await visitor.Part("place-order").ClickAsync();
        await Expect(visitor.Page.Locator("[aria-invalid=true]").First).ToBeVisibleAsync();
    }

    /// <summary>With the details of the first event and the form for a refund open; the sample may be refunded already.</summary>
    private static async Task AskRefundAsync(Visitor visitor, Samples samples)
    {
        await visitor.Part("event-details").First.ClickAsync();
        if (await visitor.Part("admin-refund").CountAsync() > 0)
            await visitor.Part("admin-refund").ClickAsync();
    }

    private static async Task RefuseFruitAsync(Visitor visitor, Samples samples)
    {
        await visitor.Part("fruit-brix").FillAsync("25");
        await visitor.Part("save-fruit").ClickAsync();
        await Expect(visitor.Part("fruit-message")).ToBeVisibleAsync();
    }

    private static async Task PreviewImportAsync(Visitor visitor, Samples samples)
    {
        const string File = """
            상품명,품종,분류,등급,당도,중량(kg),최소과수,최대과수,가격(원),제철시작,제철끝,재고
            꿀사과 선물상자,부사,사과,특,15.2,5,13,16,39900,10,4,30
            꼬마 샤인머스캣,샤인머스캣,포도,최상,31,2,3,5,24900,8,12,
            """;
        await visitor
            .Part("import-file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "fruits.csv",
                    MimeType = "text/csv",
                    Buffer = System.Text.Encoding.UTF8.GetBytes(File),
                }
            );
        await Expect(visitor.Part("import-preview")).ToBeVisibleAsync();
    }

    private static async Task SignInWronglyAsync(Visitor visitor, Samples samples)
    {
        await visitor.Page.Locator("input[type=email]").FillAsync($"{Guid.NewGuid():N}@example.com");
        await visitor.Page.Locator("input[type=password]").FillAsync("not the password");
        await visitor.Part("sign-in").ClickAsync();
        await Expect(visitor.Part("sign-in-error")).ToBeVisibleAsync();
    }
}

/// <summary>Ids of things that a page can show.</summary>
/// <param name="Fruit">For sale, with reviews.</param>
/// <param name="FarmersFruit">One of the demo farmer's.</param>
/// <param name="Order">The demo shopper's, with a fruit of the demo farmer.</param>
public sealed record Samples(Guid Fruit, Guid Farm, Guid FarmersFruit, Guid Order)
{
    /// <summary>Looks for them, and buys what is missing.</summary>
    public static async Task<Samples> FindAsync(Market market)
    {
        var onSale = await market.SendAsync<FruitPage>(null, HttpMethod.Get, "catalog", "fruits?pageSize=60");
        var fruit = onSale.Items.Where(item => item.Available > 20).MaxBy(item => item.ReviewCount)!;
        var own = await market.SendAsync<FruitPage>(
            null,
            HttpMethod.Get,
            "catalog",
            $"fruits?farm={DemoAccounts.FarmerId}"
        );
        var farmers = own.Items.First(item => item.Available > 20);
        var shopper = await market.SignInAsync(DemoAccounts.ShopperEmail);
        var orders = await market.SendAsync<Paged<OrderSummary>>(shopper, HttpMethod.Get, "order", "orders");
        var order = orders.Items.FirstOrDefault(item => item.Status == OrderStatus.Delivered)?.Id;
        if (order is null)
        {
            order = (await market.PlaceAsync(shopper, farmers.Id, quantity: 2)).OrderId;
            await market.WaitForAsync(shopper, order.Value, OrderStatus.Delivered);
        }
        return new(fruit.Id, fruit.Farm.Id, farmers.Id, order.Value);
    }
}
