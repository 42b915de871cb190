using System.Globalization;

namespace Commerce.Contracts.Live;

/// <summary>
/// Redis channels by which services tell the storefront's open pages what changed. Messages may get lost, so they are hints: what
/// they are about is read where it is kept.
/// </summary>
public static class LiveChannels
{
    /// <summary>From Order; the id of an order.</summary>
    public const string Orders = "orders";

    /// <summary>From Order; the id of a fruit that changed for carts.</summary>
    public const string Fruits = "fruits";

    /// <summary>From Catalog; a <see cref="StockMessage"/>.</summary>
    public const string Stock = "stock";

    /// <summary>From Catalog; empty. A list is worth another look.</summary>
    public const string Listings = "listings";

    /// <summary>From Catalog; the id of an account whose wishes are worth another look.</summary>
    public const string Wishes = "wishes";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<string> All = [Orders, Fruits, Stock, Listings, Wishes];

    /// <summary><c>{id}</c>: what changed on every channel but <see cref="Stock"/> and <see cref="Listings"/>.</summary>
    public static string Message(Guid id) => id.ToString("D");

    /// <summary><c>{fruitId}:{available}</c>: how many boxes of a fruit can still be ordered.</summary>
    public static string StockMessage(Guid fruitId, int available) =>
        string.Create(CultureInfo.InvariantCulture, $"{Message(fruitId)}:{available}");

    /// <summary>What a message of any channel is about; null when it names nothing.</summary>
    public static Guid? ReadSubject(string? message) =>
        message is { Length: >= 36 } && Guid.TryParseExact(message.AsSpan(0, 36), "D", out var id) ? id : null;

    /// <summary>Reads a <see cref="StockMessage"/>; null when it is none.</summary>
    public static (Guid FruitId, int Available)? ReadStock(string message) =>
        message.Split(':') is [var id, var boxes]
        && Guid.TryParse(id, out var fruitId)
        && int.TryParse(boxes, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var available)
            ? (fruitId, available)
            : null;
}
