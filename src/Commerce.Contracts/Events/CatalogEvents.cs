namespace Commerce.Contracts.Events;

/// <summary>What other services copy of a fruit. Prices in whole KRW per box.</summary>
/// <param name="Version">Grows by one with each change of the fruit; a copy keeps only the highest it saw.</param>
public sealed record FruitSnapshot(
    Guid FruitId,
    Guid FarmId,
    string Name,
    string NameEn,
    string FarmName,
    long PriceKrw,
    string ImageUrl,
    bool ForSale,
    long Version
);

/// <summary>A farmer offers a new fruit. Key: fruit id.</summary>
public sealed record FruitListed(FruitSnapshot Fruit);

/// <summary>A fruit's data or price changed, or it is no longer for sale. Key: fruit id.</summary>
public sealed record FruitChanged(FruitSnapshot Fruit);

/// <summary>The stock of a fruit changed by a lot or by hand (not by an order). Key: fruit id. Quantities in boxes.</summary>
public sealed record StockAdjusted(Guid FruitId, int Delta, int Available, string Reason);

/// <summary>All lines of the order are held for it. Answered again when asked again. Key: order id.</summary>
public sealed record StockReserved(Guid OrderId, DateTimeOffset ReservedAt);

/// <summary>No line of the order is held. Key: order id. <paramref name="Reason"/> is an <see cref="OrderReasons"/> value.</summary>
public sealed record StockRejected(Guid OrderId, string Reason, Guid? FruitId);

/// <summary>What the order held is back in stock. Key: order id.</summary>
public sealed record StockReleased(Guid OrderId);
