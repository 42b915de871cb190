using Commerce.Contracts.Events;
using Commerce.Order.Orders;
using Dapper;
using Npgsql;

namespace Commerce.Order.Fruits;

/// <summary>Order's own copy of what Catalog sells; price in whole KRW per box.</summary>
internal sealed record FruitCopy(
    Guid FruitId,
    Guid FarmId,
    string Name,
    string NameEn,
    string FarmName,
    long PriceKrw,
    string ImageUrl,
    bool ForSale
)
{
    /// <summary>Boxes of it as they are ordered now.</summary>
    public NewOrderLine ToLine(int quantity) =>
        new(FruitId, FarmId, Name, NameEn, FarmName, ImageUrl, quantity, PriceKrw);
}

internal static class FruitReadModel
{
    public const string Columns = "fruit_id, farm_id, name, name_en, farm_name, price_krw, image_url, for_sale";

    /// <summary>Keeps the highest version of each fruit, whatever order the events come in.</summary>
    public static Task UpsertAsync(
        NpgsqlTransaction transaction,
        IEnumerable<FruitSnapshot> snapshots,
        CancellationToken cancellationToken
    )
    {
        // One row a fruit, because a statement may not touch a row twice; in id order, so that replicas do not deadlock.
        var fruits = snapshots
            .GroupBy(fruit => fruit.FruitId)
            .Select(versions => versions.MaxBy(fruit => fruit.Version)!)
            .OrderBy(fruit => fruit.FruitId)
            .ToList();
        return transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                insert into fruit_copies as copy
                    (fruit_id, farm_id, name, name_en, farm_name, price_krw, image_url, for_sale, version)
                select * from unnest(
                    @ids, @farms, @names, @namesEn, @farmNames, @prices, @images, @forSale, @versions)
                on conflict (fruit_id) do update
                set farm_id = excluded.farm_id, name = excluded.name, name_en = excluded.name_en,
                    farm_name = excluded.farm_name, price_krw = excluded.price_krw, image_url = excluded.image_url,
                    for_sale = excluded.for_sale, version = excluded.version
                where copy.version < excluded.version
                """,
                new
                {
                    ids = fruits.Select(f => f.FruitId).ToArray(),
                    farms = fruits.Select(f => f.FarmId).ToArray(),
                    names = fruits.Select(f => f.Name).ToArray(),
                    namesEn = fruits.Select(f => f.NameEn).ToArray(),
                    farmNames = fruits.Select(f => f.FarmName).ToArray(),
                    prices = fruits.Select(f => f.PriceKrw).ToArray(),
                    images = fruits.Select(f => f.ImageUrl).ToArray(),
                    forSale = fruits.Select(f => f.ForSale).ToArray(),
                    versions = fruits.Select(f => f.Version).ToArray(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }
}
