using Commerce.Catalog.Farms;
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

/// <summary>POST /fruits/{id}/lots: boxes of one harvest. The newest harvest gives the fruit its date and °Brix.</summary>
internal static class AddLot
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/fruits/{id:guid}/lots", HandleAsync)
            .ForFarmWrites()
            .WithSummary("Adds the boxes of a harvest to the stock")
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<StockLevel>, ValidationProblem, NotFound, ProblemHttpResult>> HandleAsync(
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

        await Lots.InsertAsync(transaction, id, lot, today, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        notifier.StockChanged([(id, available - lot.Quantity, available)]);
        await cache.InvalidateAsync();
        return TypedResults.Ok(new StockLevel(id, available));
    }

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

    private static Validation Check(NewLot lot, DateOnly today)
    {
        var v = new Validation();
        v.Check(
            "harvestedOn",
            Lots.IsRecent(lot.HarvestedOn, today),
            $"must be at most {Lots.OldestDays} days ago and {Lots.AheadDays} days ahead"
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
                || (
                    lot.MeasuredOn.Value.DayNumber >= lot.HarvestedOn.DayNumber - Lots.AheadDays
                    && lot.MeasuredOn <= today
                ),
            $"must be at most {Lots.AheadDays} days before the harvest and not after today"
        );
        v.Check(
            "quantity",
            lot.Quantity is >= 1 and <= StockLevels.MostAtOnce,
            $"must be 1 to {StockLevels.MostAtOnce}"
        );
        return v;
    }
}
