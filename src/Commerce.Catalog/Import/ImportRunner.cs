using System.Text.Json;
using Commerce.Catalog.Farms;
using Commerce.Catalog.Fruits;
using Commerce.Catalog.Listings;
using Commerce.Catalog.Stock;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Import;

/// <summary>
/// Takes rows of an import: 50 in a transaction, through the same statements as a farmer's own changes. A row is taken once,
/// whoever runs the import and however often; a fruit that is there already is changed, or left alone when nothing differs.
/// </summary>
internal sealed class ImportRunner(
    NpgsqlDataSource database,
    IOutbox outbox,
    StockNotifier notifier,
    ListingCache cache,
    TimeProvider time
)
{
    private const int Step = 50;

    /// <summary>The import after the step, null when it is not the farm's; or why not.</summary>
    public async Task<(FruitImport? Import, ProblemHttpResult? Refused)> StepAsync(
        Guid id,
        Guid farmId,
        RunImport run,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var bad = await connection.QuerySingleOrDefaultAsync<int?>(
            new CommandDefinition(
                "select bad from imports where id = @id and farm_id = @farmId for update",
                new { id, farmId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (bad is null)
            return (null, null);
        if (run.OnlyWhole && bad > 0)
            return (null, Conflict(bad.Value));

        await FarmLock.AcquireAsync(transaction, [farmId], cancellationToken);
        var rows = (
            await connection.QueryAsync<(int Line, string Entry, Guid? FruitId)>(
                new CommandDefinition(
                    $"""
                    select r.line, r.entry::text, {ImportStore.SameFruit} as fruit_id
                    from imports i join import_rows r on r.import_id = i.id
                    where i.id = @id and r.entry is not null and r.outcome is null order by r.line limit @Step
                    """,
                    new { id, Step },
                    transaction,
                    cancellationToken: cancellationToken
                )
            )
        ).AsList();
        var today = Calendar.Today(time.GetUtcNow());
        var stocked = new List<(Guid, int Before, int Available)>();
        foreach (var (line, json, fruitId) in rows)
        {
            var entry = JsonSerializer.Deserialize<ImportEntry>(json, ImportStore.Json)!;
            string? outcome;
            if (fruitId is { } known)
            {
                outcome = await ChangeAsync(transaction, known, farmId, entry, today, cancellationToken);
            }
            else
            {
                var added = Guid.CreateVersion7();
                outcome = await ListAsync(transaction, added, farmId, entry, today, cancellationToken);
                if (outcome is not null && entry.Boxes is { } boxes)
                    stocked.Add((added, 0, boxes));
            }

            if (outcome is null)
                return (null, Closed());
            await connection.ExecuteAsync(
                "update import_rows set outcome = @outcome where import_id = @id and line = @line",
                new
                {
                    outcome,
                    id,
                    line,
                },
                transaction
            );
        }

        var import = await ImportStore.FindAsync(transaction, id, farmId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        notifier.StockChanged(stocked);
        await cache.InvalidateAsync();
        return (import, null);
    }

    /// <summary>Null when the farm is not open.</summary>
    private async Task<string?> ListAsync(
        NpgsqlTransaction transaction,
        Guid id,
        Guid farmId,
        ImportEntry entry,
        DateOnly today,
        CancellationToken cancellationToken
    )
    {
        var harvest = entry.HarvestedOn ?? today;
        var listed = await OfferFruit.InsertAsync(transaction, id, farmId, entry.Draft, harvest, cancellationToken);
        if (listed is null)
            return null;
        await SetCodeAsync(transaction, id, entry.Code);
        await outbox.AppendAsync(transaction, [new OutgoingEvent(id, new FruitListed(listed))], cancellationToken);
        if (entry.Boxes is { } boxes)
        {
            await StockLevels.ChangeAsync(transaction, outbox, id, farmId, boxes, "lot", cancellationToken);
            var lot = new NewLot(harvest, entry.Draft.Brix, boxes, entry.Draft.BrixMethod);
            await Lots.InsertAsync(transaction, id, lot, today, cancellationToken);
        }
        return "created";
    }

    private async Task<string?> ChangeAsync(
        NpgsqlTransaction transaction,
        Guid id,
        Guid farmId,
        ImportEntry entry,
        DateOnly today,
        CancellationToken cancellationToken
    )
    {
        await SetCodeAsync(transaction, id, entry.Code);
        if (await IsAsync(transaction, id, entry.Draft, cancellationToken))
            return "unchanged";
        var changed = await ChangeFruit.UpdateAsync(transaction, id, farmId, entry.Draft, today, cancellationToken);
        await outbox.AppendAsync(transaction, [new OutgoingEvent(id, new FruitChanged(changed!))], cancellationToken);
        return "updated";
    }

    private static Task<int> SetCodeAsync(NpgsqlTransaction transaction, Guid id, string? code) =>
        code is null
            ? Task.FromResult(0)
            : transaction.Connection!.ExecuteAsync(
                "update fruits set code = @code where id = @id and code is distinct from @code",
                new { id, code },
                transaction
            );

    /// <summary>Whether the fruit is already as the draft says.</summary>
    private static Task<bool> IsAsync(
        NpgsqlTransaction transaction,
        Guid id,
        FruitDraft draft,
        CancellationToken cancellationToken
    )
    {
        var parameters = FruitDraftRules.Parameters(draft);
        parameters.AddDynamicParams(new { id });
        return transaction.Connection!.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                """
                select (name, name_en, variety, variety_en, category, grade, brix, weight_kg, count_min, count_max)
                    = (@Name, @NameEn, @Variety, @VarietyEn, @Category, @Grade, @Brix, @WeightKg, @CountMin, @CountMax)
                  and (price_krw, season_from, season_to, certifications, description, description_en, storage, storage_en)
                    = (@PriceKrw, @SeasonFrom, @SeasonTo, @Certifications, @Description, @DescriptionEn, @Storage, @StorageEn)
                  and for_sale = @ForSale and brix_method = coalesce(@BrixMethod, brix_method)
                from fruits where id = @id for no key update
                """,
                parameters,
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    private static ProblemHttpResult Conflict(int bad) =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status409Conflict,
            title: "Some rows are bad.",
            detail: $"{bad} rows have problems, and the file was to be taken as a whole or not at all."
        );

    private static ProblemHttpResult Closed() =>
        TypedResults.Problem(
            statusCode: StatusCodes.Status403Forbidden,
            title: "The farm is not open.",
            detail: "An admin approves a farm before it can sell."
        );
}
