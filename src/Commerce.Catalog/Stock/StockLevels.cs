using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Stock;

/// <summary>A change of the stock that is not an order's, with its history and its event; in boxes.</summary>
internal static class StockLevels
{
    /// <summary>More boxes than any farm has; keeps sums far from overflow.</summary>
    public const int Most = 1_000_000;

    /// <summary>More boxes than one harvest or one correction has.</summary>
    public const int MostAtOnce = 100_000;

    /// <summary>What came of it: null as level when the fruit is not the farm's.</summary>
    internal readonly record struct Outcome(int? Level, bool Changed);

    public static async Task<Outcome> ChangeAsync(
        NpgsqlTransaction transaction,
        IOutbox outbox,
        Guid fruitId,
        Guid farmId,
        int delta,
        string reason,
        CancellationToken cancellationToken
    )
    {
        var connection = transaction.Connection!;
        var level = await connection.QuerySingleOrDefaultAsync<int?>(
            new CommandDefinition(
                """
                select s.available from stock s join fruits f on f.id = s.fruit_id
                where f.id = @fruitId and f.farm_id = @farmId for no key update of s
                """,
                new { fruitId, farmId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (level is null || level + delta is < 0 or > Most)
            return new Outcome(level, Changed: false);

        level = await connection.QuerySingleAsync<int>(
            new CommandDefinition(
                """
                with history as (
                  insert into stock_movements (fruit_id, delta, reason) values (@fruitId, @delta, @reason)
                )
                update stock set available = available + @delta where fruit_id = @fruitId returning available
                """,
                new
                {
                    fruitId,
                    delta,
                    reason,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        await outbox.AppendAsync(
            transaction,
            [new OutgoingEvent(fruitId, new StockAdjusted(fruitId, delta, level.Value, reason))],
            cancellationToken
        );
        return new Outcome(level, Changed: true);
    }

    /// <summary>409: the stock would leave its bounds.</summary>
    public static ProblemHttpResult OutOfBounds(int available) =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: "The stock does not allow this.",
            detail: $"{available} boxes are available; the change must leave 0 to {Most}.",
            extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["available"] = available }
        );
}
