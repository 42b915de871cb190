using Commerce.Catalog.Listings;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>PUT /farms/me: what the farm tells of itself. Its name stays the one under which it was approved.</summary>
internal static class ChangeFarm
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPut("/farms/me", HandleAsync)
            .ForFarmWrites()
            .WithTags("Farms")
            .WithSummary("Changes what the own farm tells of itself");

    private static async Task<Results<NoContent, ValidationProblem, NotFound>> HandleAsync(
        FarmProfile profile,
        HttpContext http,
        NpgsqlDataSource database,
        ListingCache cache,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        v.Text("region", profile.Region, max: 40);
        v.OptionalText("story", profile.Story, max: 2000, lines: true);
        v.OptionalText("storyEn", profile.StoryEn, max: 2000, lines: true);
        v.OptionalText("producer", profile.Producer, max: 60);
        v.OptionalText("producerEn", profile.ProducerEn, max: 60);
        if (!string.IsNullOrWhiteSpace(profile.Phone))
            v.Phone("phone", profile.Phone);
        if (v.Failed)
            return v.Problem();

        var (region, story, producer) = (profile.Region.Trim(), Clean(profile.Story), Clean(profile.Producer));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await FarmLock.AcquireAsync(transaction, [http.User.AccountId()], cancellationToken);
        // The fruits are found by their farm's region: only that end of their search text changes.
        var changed = await connection.ExecuteScalarAsync<bool>(
            new CommandDefinition(
                """
                with before as (
                  select id, lower(concat_ws(' ', region, region_en)) as words from farms where id = @Sub
                ), changed as (
                  update farms f set region = @region, region_en = @RegionEn, story = @story, story_en = @StoryEn,
                    producer = @producer, producer_en = @ProducerEn, phone = @Phone
                  from before where f.id = before.id returning f.id
                ), found as (
                  update fruits f set search_text =
                    left(f.search_text, length(f.search_text) - length(before.words)) || lower(concat_ws(' ', @region, @RegionEn))
                  from before where f.farm_id = before.id and before.words <> lower(concat_ws(' ', @region, @RegionEn))
                    and right(f.search_text, length(before.words)) = before.words
                )
                select exists (select from changed)
                """,
                new
                {
                    Sub = http.User.AccountId(),
                    region,
                    RegionEn = Regions.English(region),
                    story,
                    StoryEn = Clean(profile.StoryEn, story),
                    producer,
                    ProducerEn = Clean(profile.ProducerEn, producer),
                    Phone = Clean(profile.Phone),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (!changed)
            return TypedResults.NotFound();

        await transaction.CommitAsync(cancellationToken);
        await cache.InvalidateAsync();
        return TypedResults.NoContent();
    }

    private static string Clean(string? text, string otherwise = "") =>
        string.IsNullOrWhiteSpace(text) ? otherwise : text.Trim();
}
