using Commerce.Catalog.Farms;
using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>POST /fruits/{id}/stock: boxes found or broken.</summary>
internal static class ChangeStock
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/fruits/{id:guid}/stock", HandleAsync)
            .ForFarmWrites()
            .WithSummary("Changes the stock by hand")
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<StockLevel>, ValidationProblem, NotFound, ProblemHttpResult>> HandleAsync(
        Guid id,
        StockChange change,
        HttpContext http,
        NpgsqlDataSource database,
        IOutbox outbox,
        StockNotifier notifier,
        ListingCache cache,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        v.Check(
            "delta",
            change.Delta is not 0 and >= -StockLevels.MostAtOnce and <= StockLevels.MostAtOnce,
            $"must be 1 to {StockLevels.MostAtOnce} or negative"
        );
        v.Text("reason", change.Reason, max: 200);
        if (v.Failed)
            return v.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var outcome = await StockLevels.ChangeAsync(
            transaction,
            outbox,
            id,
            http.User.AccountId(),
            change.Delta,
            change.Reason.Trim(),
            cancellationToken
        );
        if (outcome.Level is not { } available)
            return TypedResults.NotFound();
        if (!outcome.Changed)
            return StockLevels.OutOfBounds(available);

        await transaction.CommitAsync(cancellationToken);
        notifier.StockChanged([(id, available - change.Delta, available)]);
        await cache.InvalidateAsync();
        return TypedResults.Ok(new StockLevel(id, available));
    }
}
