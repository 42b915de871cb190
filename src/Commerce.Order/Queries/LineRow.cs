using Commerce.Contracts.Api;

namespace Commerce.Order.Queries;

/// <summary>A line as it is read beside its order.</summary>
internal sealed record LineRow(
    Guid OrderId,
    Guid FruitId,
    Guid FarmId,
    string Name,
    string NameEn,
    string FarmName,
    string ImageUrl,
    int Quantity,
    long UnitPriceKrw
)
{
    public const string Columns =
        "l.order_id, l.fruit_id, l.farm_id, l.name, l.name_en, l.farm_name, l.image_url, l.quantity, l.unit_price_krw";

    public OrderItem ToItem() => new(FruitId, FarmId, Name, NameEn, FarmName, ImageUrl, Quantity, UnitPriceKrw);
}
