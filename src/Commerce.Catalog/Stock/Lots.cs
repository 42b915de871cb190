using Commerce.Catalog.Fruits;
using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>POST and GET /fruits/{id}/lots: boxes of one harvest. The newest harvest gives the fruit its date and °Brix.</summary>
internal static class Lots
{
    /// <summary>Apples and pears keep a year; a harvest may be announced a month ahead.</summary>
    public const int OldestDays = 400;
    public const int AheadDays = 30;

    public static async Task<Results<Ok<StockLevel>, ValidationProblem, NotFound, ProblemHttpResult>> AddAsync(
        Guid id,
        NewLot lot,
        HttpContext http,
        NpgsqlDataSource database,
        IOutbox outbox,
        StockNotifier notifier,
        ListingCache cache,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        var today = Calendar.Today(time.GetUtcNow());
        if (Check(lot, today) is { Failed: true } invalid)
            return invalid.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var sub = http.User.AccountId();
        var outcome = await StockLevels.ChangeAsync(
            transaction,
            outbox,
            id,
            sub,
            lot.Quantity,
            "lot",
            cancellationToken
        );
        if (outcome.Level is not { } available)
            return TypedResults.NotFound();
        if (!outcome.Changed)
            return StockLevels.OutOfBounds(available);
        if (await ImplausibleAsync(transaction, id, lot.Brix, cancellationToken) is { } implausible)
            return implausible;

        await InsertAsync(transaction, id, lot, today, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        notifier.StockChanged([(id, available - lot.Quantity, available)]);
        await cache.InvalidateAsync();
        return TypedResults.Ok(new StockLevel(id, available));
    }

    public static async Task<Results<Ok<IReadOnlyList<Lot>>, NotFound>> ShowAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = (
            await connection.QueryAsync<LotRow>(
                new CommandDefinition(
                    """
                    select l.id, l.harvested_on, l.brix, l.quantity, l.created_at,
                      l.brix_method, l.brix_measured_on
                    from fruits f left join lots l on l.fruit_id = f.id
                    where f.id = @id and f.farm_id = @Sub order by l.harvested_on desc, l.id desc
                    """,
                    new { id, Sub = http.User.AccountId() },
                    cancellationToken: cancellationToken
                )
            )
        ).ToList();
        if (rows.Count == 0)
            return TypedResults.NotFound();
        // The outer join gives one empty row for a fruit without lots.
        return TypedResults.Ok<IReadOnlyList<Lot>>([
            .. rows.Where(row => row.Id is not null)
                .Select(row => new Lot(
                    row.Id!.Value,
                    row.HarvestedOn,
                    row.Brix,
                    row.Quantity,
                    row.CreatedAt,
                    row.BrixMethod,
                    row.BrixMeasuredOn
                )),
        ]);
    }

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

    private static async Task<ValidationProblem?> ImplausibleAsync(
        NpgsqlTransaction transaction,
        Guid fruitId,
        decimal brix,
        CancellationToken cancellationToken
    )
    {
        var (category, variety, name) = await transaction.Connection!.QuerySingleAsync<(string, string, string)>(
            new CommandDefinition(
                "select category, variety, name from fruits where id = @fruitId",
                new { fruitId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return FruitNorms.Of(category, variety, name) is { } norm && (brix < norm.BrixMin || brix > norm.BrixMax)
            ? Validation.Problem("brix", $"must be {norm.BrixMin:0.#} to {norm.BrixMax:0.#} °Brix for this fruit")
            : null;
    }

    public static bool IsRecent(DateOnly harvest, DateOnly today) =>
        harvest >= today.AddDays(-OldestDays) && harvest <= today.AddDays(AheadDays);

    private static Validation Check(NewLot lot, DateOnly today)
    {
        var v = new Validation();
        v.Check(
            "harvestedOn",
            IsRecent(lot.HarvestedOn, today),
            $"must be at most {OldestDays} days ago and {AheadDays} days ahead"
        );
        v.Check("brix", lot.Brix is >= 1 and <= 80, "must be 1 to 80 °Brix");
        v.Check(
            "brixMethod",
            lot.BrixMethod is null || BrixMethods.All.Contains(lot.BrixMethod),
            $"must be one of {string.Join(", ", BrixMethods.All)}"
        );
        v.Check(
            "measuredOn",
            lot.MeasuredOn is null
                || (lot.MeasuredOn.Value.DayNumber >= lot.HarvestedOn.DayNumber - AheadDays && lot.MeasuredOn <= today),
            $"must be at most {AheadDays} days before the harvest and not after today"
        );
        v.Check(
            "quantity",
            lot.Quantity is >= 1 and <= StockLevels.MostAtOnce,
            $"must be 1 to {StockLevels.MostAtOnce}"
        );
        return v;
    }

    private sealed class LotRow
    {
        public Guid? Id { get; init; }
        public DateOnly HarvestedOn { get; init; }
        public decimal Brix { get; init; }
        public int Quantity { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public string BrixMethod { get; init; } = "";
        public DateOnly BrixMeasuredOn { get; init; }
    }
}
