using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>Boxes of one harvest, with its °Brix.</summary>
internal static class Lots
{
    /// <summary>Apples and pears keep a year; a harvest may be announced a month ahead.</summary>
    public const int OldestDays = 400;
    public const int AheadDays = 30;

    /// <summary>The lot alone; its boxes are counted by <see cref="StockLevels"/>.</summary>
    public static Task InsertAsync(
        NpgsqlTransaction transaction,
        Guid fruitId,
        NewLot lot,
        DateOnly today,
        CancellationToken cancellationToken
    ) =>
        transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                insert into lots (id, fruit_id, harvested_on, brix, quantity, brix_method, brix_measured_on)
                  select @LotId, @fruitId, @HarvestedOn, @Brix, @Quantity, coalesce(@BrixMethod, brix_method), @MeasuredOn
                  from fruits where id = @fruitId;
                update fruits set harvested_on = @HarvestedOn, brix = @Brix,
                  brix_method = coalesce(@BrixMethod, brix_method), brix_measured_on = @MeasuredOn where id = @fruitId
                  and not exists (select from lots where fruit_id = @fruitId and harvested_on > @HarvestedOn)
                """,
                new
                {
                    LotId = Guid.CreateVersion7(),
                    fruitId,
                    lot.HarvestedOn,
                    lot.Brix,
                    lot.Quantity,
                    lot.BrixMethod,
                    MeasuredOn = lot.MeasuredOn ?? (lot.HarvestedOn < today ? lot.HarvestedOn : today),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );

    public static bool IsRecent(DateOnly harvest, DateOnly today) =>
        harvest >= today.AddDays(-OldestDays) && harvest <= today.AddDays(AheadDays);
}
