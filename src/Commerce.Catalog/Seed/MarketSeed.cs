using Commerce.Catalog.Fruits;
using Commerce.Catalog.Stock;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Messaging.Outbox;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Seed;

/// <summary>
/// Fills an empty catalog with the demo market before the service answers, through the same statements and events as a farmer
/// would. On when <c>Seed:Enabled</c> says so, by default in Development.
/// </summary>
internal sealed class MarketSeed(
    NpgsqlDataSource database,
    IOutbox outbox,
    IConfiguration configuration,
    IHostEnvironment environment,
    TimeProvider time,
    ILogger<MarketSeed> logger
) : IHostedService
{
    // Replicas that start together take turns; the second finds the market there.
    private const long LockKey = 0x5365656443617461;

    /// <summary>Id of the i-th fruit (from 1) of farm n.</summary>
    public static Guid FruitId(int farm, int index) => new($"01970000-0000-7000-8000-00000002{farm:00}{index:00}");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!configuration.GetValue("Seed:Enabled", environment.IsDevelopment()))
            return;

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await connection.ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction);
        var seeded = await connection.ExecuteScalarAsync<bool>(
            "select exists (select from fruits where id = @First)",
            new { First = FruitId(1, 1) },
            transaction
        );
        if (seeded)
            return;

        var farms = SeedFarm.LoadAll();
        foreach (var farm in farms)
            await AddAsync(transaction, farm, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.LogInformation(
            "Opened the demo market: {Farms} farms, {Fruits} fruits",
            farms.Count,
            farms.Sum(farm => farm.Fruits.Count)
        );
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task AddAsync(NpgsqlTransaction transaction, SeedFarm farm, CancellationToken cancellationToken)
    {
        var farmId = DemoAccounts.FarmerNumber(farm.Number);
        // Identity's approval of the demo farmer may have opened the farm already, with no more than its name.
        await transaction.Connection!.ExecuteAsync(
            """
            insert into farms (id, name, name_en, region, region_en, story, story_en, producer, producer_en, phone)
            values (@farmId, @Name, @NameEn, @Region, @RegionEn, @Story, @StoryEn, @Producer, @ProducerEn, @Phone)
            on conflict (id) do update set name = excluded.name, name_en = excluded.name_en, region = excluded.region,
              region_en = excluded.region_en, story = excluded.story, story_en = excluded.story_en,
              producer = excluded.producer, producer_en = excluded.producer_en, phone = excluded.phone
            """,
            new
            {
                farmId,
                farm.Name,
                farm.NameEn,
                farm.Region,
                farm.RegionEn,
                farm.Story,
                farm.StoryEn,
                farm.Producer,
                farm.ProducerEn,
                farm.Phone,
            },
            transaction
        );
        for (var i = 0; i < farm.Fruits.Count; i++)
        {
            var fruit = farm.Fruits[i];
            var id = FruitId(farm.Number, i + 1);
            var today = Calendar.Today(time.GetUtcNow());
            var lot = new NewLot(
                fruit.HarvestedOn(today),
                fruit.Brix,
                fruit.Stock,
                fruit.BrixMethod,
                fruit.MeasuredOn(today)
            );
            var listed = await OfferFruit.InsertAsync(
                transaction,
                id,
                farmId,
                Draft(fruit),
                lot.HarvestedOn,
                cancellationToken
            );
            await outbox.AppendAsync(transaction, [new OutgoingEvent(id, new FruitListed(listed!))], cancellationToken);
            await Lots.InsertAsync(transaction, id, lot, today, cancellationToken);
            await ReviewAsync(transaction, id, fruit.Reviews ?? [], cancellationToken);
            await MoveAsync(fruit.Stock, "lot");
            if (!fruit.SoldIn(today.Month))
                await MoveAsync(-fruit.Stock, "시즌 마감");

            Task MoveAsync(int delta, string reason) =>
                StockLevels.ChangeAsync(transaction, outbox, id, farmId, delta, reason, cancellationToken);
        }
    }

    private static async Task ReviewAsync(
        NpgsqlTransaction transaction,
        Guid id,
        IReadOnlyList<SeedReview> reviews,
        CancellationToken cancellationToken
    )
    {
        if (reviews.Count == 0)
            return;
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                insert into reviews (id, fruit_id, account_id, author, stars, text, at)
                select review, @id, account, author, stars, text, now() - days * interval '1 day'
                from unnest(@Ids, @Accounts, @Authors, @Stars, @Texts, @Days) r(review, account, author, stars, text, days);
                update fruits set rating_sum = @RatingSum, review_count = @ReviewCount where id = @id
                """,
                new
                {
                    id,
                    Ids = reviews.Select(_ => Guid.CreateVersion7()).ToArray(),
                    Accounts = reviews.Select(_ => Guid.CreateVersion7()).ToArray(),
                    Authors = reviews.Select(review => review.Author).ToArray(),
                    Stars = reviews.Select(review => review.Stars).ToArray(),
                    Texts = reviews.Select(review => review.Text).ToArray(),
                    Days = reviews.Select(review => review.DaysAgo).ToArray(),
                    RatingSum = reviews.Sum(review => review.Stars),
                    ReviewCount = reviews.Count,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
    }

    internal static FruitDraft Draft(SeedFruit fruit) =>
        new(
            fruit.Name,
            fruit.Variety,
            fruit.Category,
            fruit.Grade,
            fruit.Brix,
            fruit.WeightKg,
            fruit.CountMin,
            fruit.CountMax,
            fruit.PriceKrw,
            fruit.SeasonFrom,
            fruit.SeasonTo,
            fruit.NameEn,
            fruit.VarietyEn,
            fruit.Certifications,
            fruit.Description,
            fruit.DescriptionEn,
            fruit.Storage,
            fruit.StorageEn,
            BrixMethod: fruit.BrixMethod
        );
}
