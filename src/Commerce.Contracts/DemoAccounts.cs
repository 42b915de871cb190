namespace Commerce.Contracts;

/// <summary>
/// Accounts of the development seed. Identity creates them, Catalog's seed gives the farms to the farmers:
/// a farm's id is its farmer's account id.
/// </summary>
public static class DemoAccounts
{
    public const string Password = "Commerce!2026";

    public static readonly Guid ShopperId = new("01970000-0000-7000-8000-000000000001");
    public static readonly Guid AdminId = new("01970000-0000-7000-8000-000000000002");
    public static readonly Guid OtherShopperId = new("01970000-0000-7000-8000-000000000003");

    /// <summary>The demo farmer in Cheongsong, and the first farm of the seed.</summary>
    public static readonly Guid FarmerId = FarmerNumber(1);

    public const string ShopperEmail = "shopper@commerce.local";
    public const string FarmerEmail = "farmer@commerce.local";
    public const string AdminEmail = "admin@commerce.local";

    /// <summary>Account (and farm) id of the n-th seeded farmer, n = 1 … 99.</summary>
    public static Guid FarmerNumber(int n) => new($"01970000-0000-7000-8000-0000000001{n:00}");
}
