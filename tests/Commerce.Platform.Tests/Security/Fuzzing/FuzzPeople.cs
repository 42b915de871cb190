using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Platform.Tests.Security.Fuzzing;

/// <summary>
/// Whom and what the generator knows: people and things of a <see cref="Cast"/>, made to be thrown away. Several of a kind, since
/// writes are limited per account.
/// </summary>
internal sealed class FuzzPeople
{
    private readonly List<(string Role, Person? Person)> _people = [];
    private readonly Dictionary<string, string[]> _ids = new(StringComparer.Ordinal);

    public static async Task<FuzzPeople> GatherAsync(Cast cast)
    {
        var market = cast.Platform.Market;
        var all = new FuzzPeople();
        all._people.AddRange([("guest", null), ("guest", null)]);
        all._people.AddRange([("shopper", cast.Shopper), ("shopper", cast.OtherShopper)]);
        for (var i = 0; i < 3; i++)
            all._people.Add(("shopper", await market.RegisterShopperAsync()));
        all._people.AddRange([("farmer", cast.Farmer), ("farmer", cast.OtherFarmer), ("farmer", cast.Farmer)]);
        all._people.AddRange([("admin", cast.Admin), ("admin", cast.Admin), ("admin", cast.Admin)]);

        var fruits = new List<string> { $"{cast.Fruit.Id}" };
        foreach (var farmer in new[] { cast.Farmer, cast.OtherFarmer })
            fruits.Add($"{(await market.ListFruitAsync(farmer, boxes: 50_000)).Id}");
        var orders = new List<string> { $"{cast.OrderId}" };
        foreach (var shopper in all._people.Where(one => one.Role == "shopper").Select(one => one.Person!))
            orders.Add($"{await cast.BuyAsync(shopper, Market.Address, Guid.Parse(fruits[1]))}");
        all._ids["fruit"] = [.. fruits];
        all._ids["order"] = [.. orders];
        all._ids["farm"] = [$"{cast.FarmerId}"];
        all._ids["address"] = [$"{cast.AddressId}"];
        all._ids["import"] = [$"{cast.ImportId}"];
        all._ids["account"] = [$"{cast.VictimId}"];
        return all;
    }

    /// <summary>
    /// Mostly somebody whom the <see cref="AccessTable"/> lets through, since nobody else gets far. The demo's admin must keep
    /// name, password and sessions.
    /// </summary>
    public (string Role, Person? Person) Pick(Random random, Operation operation)
    {
        var endpoint = operation.ToString();
        var ownData =
            operation.Service == "identity"
            && (operation.Path == "/me" || operation.Path.StartsWith("/me/", StringComparison.Ordinal));
        var anybody = random.Next(4) == 0;
        var candidates = _people
            .Where(one => one.Role != "admin" || !ownData)
            .Where(one => anybody || AccessTable.LetsIn(endpoint, one.Role))
            .ToList();
        return candidates[random.Next(candidates.Count)];
    }

    /// <summary>A value that may well be right, by the name of the field or parameter; null when nothing is known.</summary>
    public string? Suggest(Random random, string name, string path) =>
        name switch
        {
            "id" or "orderId" or "fruitId" or "ids" => Of(random, Kind(name, path)),
            "fruit" or "farm" or "account" => Of(random, name),
            "subject" => Of(random, "order"),
            "email" => $"fuzz-{random.Next(1_000_000)}@example.com",
            // Never the one of people who are still needed.
            "password" or "current" or "new" => $"fuzz password {random.Next(3)}",
            "phone" => "010-2345-6789",
            "postalCode" => "37409",
            "paymentToken" => $"tok_decline{random.Next(10_000_000, 99_999_999)}abcdefghi",
            "role" => "shopper",
            "category" => "apple",
            "variety" => "부사",
            "grade" => "특",
            "month" or "Month" => "2026-11",
            "cartId" => $"fuzz-cart-{random.Next(5):D8}",
            "brixMethod" => BrixMethods.Refractometer,
            "status" => random.Next(2) == 0 ? "Confirmed" : "READY",
            "state" => new[] { "open", "delivered", "ended", "for-sale", "low", "locked", "redriven" }[random.Next(7)],
            "sort" => new[] { "price", "-price", "newest", "rating", "harvested" }[random.Next(5)],
            "by" => random.Next(2) == 0 ? "hour" : "day",
            "region" => "경북 청송",
            "q" => new[] { "사과", "부사 청송", "apple", $"{DemoAccounts.ShopperId}", "0197abcd", "zzzz" }[
                random.Next(6)
            ],
            "refreshToken" => new string('A', 64),
            "note" or "reason" => "시험",
            _ => null,
        };

    /// <summary>Whole numbers that a fruit, a lot or a cart may have.</summary>
    public static int? Number(string name) =>
        name switch
        {
            "brix" => 14,
            "weightKg" => 5,
            "countMin" => 14,
            "countMax" => 16,
            "priceKrw" => 30_000,
            "seasonFrom" or "minPrice" => 1,
            "seasonTo" => 12,
            "expectedTotalKrw" => 30_000,
            "page" => 1,
            "stars" => 5,
            _ => null,
        };

    private static string Kind(string name, string path) =>
        name == "fruitId" || path.StartsWith("/fruits", StringComparison.Ordinal) || path == "/reviews/own" ? "fruit"
        : path.StartsWith("/farms", StringComparison.Ordinal) ? "farm"
        : path.StartsWith("/me/addresses", StringComparison.Ordinal) ? "address"
        : path.StartsWith("/farm/imports", StringComparison.Ordinal) ? "import"
        : path.StartsWith("/farmers", StringComparison.Ordinal) ? "account"
        : path.StartsWith("/admin/accounts", StringComparison.Ordinal) ? "account"
        : "order";

    private string Of(Random random, string kind) => _ids[kind][random.Next(_ids[kind].Length)];
}
