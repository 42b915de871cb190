using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Security;

/// <summary>
/// People of their own, and things that belong to the first shopper and the first farmer, so that everybody else is a stranger
/// to them. Nothing of the demo's people is touched; the farms close behind the tests.
/// </summary>
public sealed class Cast(Platform platform) : IAsyncLifetime
{
    /// <summary>Words that only the first shopper's things carry.</summary>
    public const string Marker = "은하수마을 별빛로 77";

    private readonly List<Guid> _farmers = [];

    public Platform Platform { get; } = platform;

    public Person Admin { get; private set; } = null!;

    public Person Shopper { get; private set; } = null!;

    public Person OtherShopper { get; private set; } = null!;

    public Person Farmer { get; private set; } = null!;

    public Person OtherFarmer { get; private set; } = null!;

    /// <summary>A farmer whom no admin has approved.</summary>
    public Person Applicant { get; private set; } = null!;

    public Guid ShopperId { get; private set; }

    public Guid FarmerId { get; private set; }

    /// <summary>For what admins do to farmers and accounts.</summary>
    public Guid VictimId { get; private set; }

    public Fruit Fruit { get; private set; } = null!;

    /// <summary>The first shopper's, delivered, with <see cref="Fruit"/> in it.</summary>
    public Guid OrderId { get; private set; }

    public Guid AddressId { get; private set; }

    public Guid ImportId { get; private set; }

    private Market Market => Platform.Market;

    public static ShippingAddress Address { get; } = new("별하나", "010-9876-5432", "06236", Marker, "7층");

    public async Task InitializeAsync()
    {
        Admin = await Market.SignInAsync(DemoAccounts.AdminEmail);
        Shopper = await Market.RegisterShopperAsync($"cast-{Guid.NewGuid():N}@example.com");
        OtherShopper = await Market.RegisterShopperAsync();
        ShopperId = await IdAsync(Shopper);
        Farmer = await OpenFarmAsync();
        OtherFarmer = await OpenFarmAsync();
        FarmerId = await IdAsync(Farmer);
        Applicant = await ApplyAsync();
        VictimId = await IdAsync(await ApplyAsync());
        Fruit = await Market.ListFruitAsync(Farmer, boxes: 500);
        AddressId = (
            await Market.SendAsync<SavedAddress>(
                Shopper,
                HttpMethod.Post,
                "identity",
                "me/addresses",
                new NewAddress("집", Address.Recipient, Address.Phone, Address.PostalCode, Address.Line1)
            )
        ).Id;
        ImportId = (
            await Market.SendAsync<FruitImport>(Farmer, HttpMethod.Post, "catalog", "farm/imports", ImportFile())
        ).Id;
        OrderId = await BuyAsync(Shopper, Address);
        await Market.WaitForAsync(Shopper, OrderId, OrderStatus.Delivered);
        await Eventually.UntilAsync(
            async () =>
            {
                using var delivery = await Market.SendAsync(
                    Shopper,
                    HttpMethod.Get,
                    "delivery",
                    $"deliveries/{OrderId}"
                );
                return delivery.IsSuccessStatusCode;
            },
            "the delivery can be looked at"
        );
    }

    public async Task DisposeAsync()
    {
        foreach (var farmer in _farmers)
            (
                await Market.SendAsync(
                    Admin,
                    HttpMethod.Post,
                    "identity",
                    $"farmers/{farmer}/suspend",
                    new AdminNote("시험이 끝났어요")
                )
            ).Dispose();
    }

    public async Task<Guid> BuyAsync(Person shopper, ShippingAddress address, Guid? fruit = null)
    {
        var order = new PlaceOrderRequest([new(fruit ?? Fruit.Id, 1)], address, Market.PaymentToken());
        using var placed = await Market.TryPlaceAsync(shopper, order);
        placed.IsSuccessStatusCode.ShouldBeTrue(await placed.Content.ReadAsStringAsync());
        return (await placed.Content.ReadFromJsonAsync<OrderAccepted>())!.OrderId;
    }

    /// <summary>A farmer who is approved and whose farm is open.</summary>
    public async Task<Person> OpenFarmAsync(string farmName = "시험 농장", string region = "경북 청송")
    {
        var farmer = await ApplyAsync(farmName, region);
        var id = await IdAsync(farmer);
        _farmers.Add(id);
        (await Market.SendAsync(Admin, HttpMethod.Post, "identity", $"farmers/{id}/approve")).EnsureSuccessStatusCode();
        await Eventually.UntilAsync(
            async () =>
            {
                using var farm = await Market.SendAsync(null, HttpMethod.Get, "catalog", $"farms/{id}");
                return farm.IsSuccessStatusCode;
            },
            "the farm is open"
        );
        // The first token was made before the approval.
        return await Market.SignInAsync(farmer.Email);
    }

    public async Task<Guid> IdAsync(Person person) =>
        (await Market.SendAsync<Account>(person, HttpMethod.Get, "identity", "me")).Id;

    /// <summary>One good row; each body can be sent once.</summary>
    public static StringContent ImportFile() =>
        new(
            "상품명,품종,분류,등급,당도,중량(kg),최소과수,최대과수,가격(원),제철시작,제철끝,재고\n"
                + $"가져온 사과 {Guid.NewGuid():N},부사,사과,특,15.2,5,13,16,39900,10,4,30\n",
            System.Text.Encoding.UTF8,
            "text/csv"
        );

    private async Task<Person> ApplyAsync(string farmName = "시험 농장", string region = "경북 청송")
    {
        var email = $"cast-farmer-{Guid.NewGuid():N}@example.com";
        await Market.SendAsync<AccountCreated>(
            null,
            HttpMethod.Post,
            "identity",
            "accounts",
            new RegisterAccount(email, DemoAccounts.Password, "김농부", "farmer", farmName, region)
        );
        return await Market.SignInAsync(email);
    }
}
