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

/// <summary>POST /fruits: a farmer offers a new fruit. It has no boxes until its first lot.</summary>
internal static class OfferFruit
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapPost("/fruits", HandleAsync).ForFarmWrites().WithSummary("Offers a new fruit");

    private static async Task<Results<Created<FruitCreated>, ValidationProblem, ProblemHttpResult>> HandleAsync(
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

        var id = Guid.CreateVersion7();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FarmLock.AcquireAsync(transaction, [http.User.AccountId()], cancellationToken);
        var today = Calendar.Today(time.GetUtcNow());
        var listed = await InsertAsync(transaction, id, http.User.AccountId(), draft, today, cancellationToken);
        if (listed is null)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "The farm is not open.",
                detail: "An admin approves a farm before it can sell."
            );
        }
        await outbox.AppendAsync(transaction, [new OutgoingEvent(id, new FruitListed(listed))], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        await cache.InvalidateAsync();
        return TypedResults.Created($"/fruits/{id}", new FruitCreated(id));
    }

    /// <summary>The fruit with an empty stock; null when the farm does not exist.</summary>
    public static Task<FruitSnapshot?> InsertAsync(
        NpgsqlTransaction transaction,
        Guid id,
        Guid farmId,
        FruitDraft draft,
        DateOnly harvestedOn,
        CancellationToken cancellationToken
    )
    {
        var parameters = FruitDraftRules.Parameters(draft);
        parameters.AddDynamicParams(
            new
            {
                id,
                farmId,
                harvestedOn,
                DefaultMethod = BrixMethods.Refractometer,
            }
        );
        return transaction.Connection!.QuerySingleOrDefaultAsync<FruitSnapshot>(
            new CommandDefinition(
                """
                with listed as (
                  insert into fruits (id, farm_id, name, name_en, variety, variety_en, category, grade, brix, weight_kg,
                    count_min, count_max, price_krw, season_from, season_to, harvested_on, certifications, description,
                    description_en, storage, storage_en, image_url, for_sale, brix_method, brix_measured_on, search_text)
                  select @id, farm.id, @Name, @NameEn, @Variety, @VarietyEn, @Category, @Grade, @Brix, @WeightKg,
                    @CountMin, @CountMax, @PriceKrw, @SeasonFrom, @SeasonTo, @harvestedOn, @Certifications, @Description,
                    @DescriptionEn, @Storage, @StorageEn, @ImageUrl, @ForSale,
                    coalesce(@BrixMethod, @DefaultMethod), @harvestedOn,
                    lower(concat_ws(' ', @Name, @NameEn, @Variety, @VarietyEn, @CategoryWords,
                      farm.name, farm.name_en, farm.region, farm.region_en))
                  from farms farm where farm.id = @farmId
                  returning *
                ), stocked as (
                  insert into stock (fruit_id, available) select id, 0 from listed
                )
                select f.id as fruit_id, f.farm_id, f.name, f.name_en, farm.name as farm_name, f.price_krw, f.image_url,
                  f.for_sale, f.version
                from listed f join farms farm on farm.id = f.farm_id
                """,
                parameters,
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }
}
