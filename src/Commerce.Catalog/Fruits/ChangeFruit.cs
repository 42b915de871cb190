using Commerce.Catalog.Farms;
using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>PUT /fruits/{id}: the farmer's own fruit.</summary>
internal static class ChangeFruit
{
    /// <summary>The columns of <see cref="FruitSnapshot"/>.</summary>
    public const string Snapshot = """
        f.id as fruit_id, f.farm_id, f.name, f.name_en, farm.name as farm_name, f.price_krw, f.image_url, f.for_sale,
        f.version
        """;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPut("/fruits/{id:guid}", HandleAsync).ForFarmWrites().WithSummary("Changes an own fruit");

    private static async Task<Results<NoContent, ValidationProblem, NotFound>> HandleAsync(
        Guid id,
        FruitDraft draft,
        HttpContext http,
        NpgsqlDataSource database,
        IOutbox outbox,
        ListingCache cache,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (FruitDraftRules.Refuse(draft) is { } refused)
            return refused;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FarmLock.AcquireAsync(transaction, [http.User.AccountId()], cancellationToken);
        var changed = await UpdateAsync(
            transaction,
            id,
            http.User.AccountId(),
            draft,
            Calendar.Today(time.GetUtcNow()),
            cancellationToken
        );
        if (changed is null)
            return TypedResults.NotFound();

        await outbox.AppendAsync(transaction, [new OutgoingEvent(id, new FruitChanged(changed))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await cache.InvalidateAsync();
        return TypedResults.NoContent();
    }

    /// <summary>The fruit as others see it now; null when it is not the farm's. Its event is the caller's to publish.</summary>
    public static Task<FruitSnapshot?> UpdateAsync(
        NpgsqlTransaction transaction,
        Guid id,
        Guid farmId,
        FruitDraft draft,
        DateOnly today,
        CancellationToken cancellationToken
    )
    {
        var parameters = FruitDraftRules.Parameters(draft);
        parameters.AddDynamicParams(
            new
            {
                id,
                Sub = farmId,
                // Another figure is another measurement.
                Today = today,
            }
        );
        return transaction.Connection!.QuerySingleOrDefaultAsync<FruitSnapshot>(
            new CommandDefinition(
                $"""
                update fruits f set name = @Name, name_en = @NameEn, variety = @Variety, variety_en = @VarietyEn,
                  category = @Category, grade = @Grade, brix = @Brix, weight_kg = @WeightKg, count_min = @CountMin,
                  count_max = @CountMax, price_krw = @PriceKrw, season_from = @SeasonFrom, season_to = @SeasonTo,
                  certifications = @Certifications, description = @Description, description_en = @DescriptionEn,
                  storage = @Storage, storage_en = @StorageEn, image_url = @ImageUrl, for_sale = @ForSale,
                  brix_method = coalesce(@BrixMethod, f.brix_method),
                  brix_measured_on = case when f.brix = @Brix and f.brix_method = coalesce(@BrixMethod, f.brix_method)
                    then f.brix_measured_on else @Today end,
                  version = f.version + 1,
                  search_text = lower(concat_ws(' ', @Name, @NameEn, @Variety, @VarietyEn, @CategoryWords,
                    farm.name, farm.name_en, farm.region, farm.region_en))
                from farms farm where f.id = @id and f.farm_id = @Sub and farm.id = f.farm_id
                returning {Snapshot}
                """,
                parameters,
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }
}
