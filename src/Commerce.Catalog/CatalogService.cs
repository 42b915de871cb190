using Commerce.Catalog.Farms;
using Commerce.Catalog.Fruits;
using Commerce.Catalog.Import;
using Commerce.Catalog.Listings;
using Commerce.Catalog.Live;
using Commerce.Catalog.Reserving;
using Commerce.Catalog.RestockSubscriptions;
using Commerce.Catalog.Reviews;
using Commerce.Catalog.Seed;
using Commerce.Catalog.Stock;
using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Messaging;
using Commerce.ServiceDefaults.Redis;

namespace Commerce.Catalog;

/// <summary>What the service consists of.</summary>
internal static class CatalogService
{
    /// <summary>What the service listens to.</summary>
    public static void Consume(MessagingBuilder messaging) =>
        messaging.Consume(
            "catalog",
            catalog =>
                catalog
                    .From(Topics.Order, Topics.Identity)
                    .Handle<OrderCommand, ReservationEventHandler>(orders =>
                        orders
                            .On<OrderPlaced>(placed => new OrderCommand.Reserve(placed.OrderId, placed.Lines))
                            .On<OrderConfirmed>(confirmed => new OrderCommand.Confirm(confirmed.OrderId))
                            .On<OrderCancelled>(cancelled => new OrderCommand.Release(cancelled.OrderId))
                    )
                    .On<OrderDelivered, ReviewEligibility>()
                    .On<FarmerApproved, CreateFarmOnApproval>()
                    .Handle<FarmStanding, FarmSuspensions>(farms =>
                        farms
                            .On<FarmerSuspended>(s => new FarmStanding(s.AccountId, s.Reason, s.At))
                            .On<FarmerReinstated>(r => new FarmStanding(r.AccountId, null, r.At))
                    )
                    .On<AccountRegistered, ReviewerNames>()
        );

    public static void AddCatalog(this WebApplicationBuilder builder)
    {
        builder.AddRedis();
        builder.Services.AddSingleton<LiveUpdates>();
        builder.Services.AddSingleton<ListingCache>();
        builder.Services.AddSingleton<BestsellerRanking>();
        builder.Services.AddSingleton<RestockNotifier>();
        builder.Services.AddSingleton<StockNotifier>();
        builder.Services.AddSingleton<ImportRunner>();
        builder.Services.AddHostedService<MarketSeed>();
        builder.Services.AddHostedService<ReservationSweeper>();
        builder.Services.AddHostedService<SeasonRefreshService>();
    }

    public static void MapCatalog(this IEndpointRouteBuilder endpoints)
    {
        SearchFruits.Map(endpoints);
        ListBestsellers.Map(endpoints);
        LookUpFruits.Map(endpoints);
        ListFruitIds.Map(endpoints);
        GetFruit.Map(endpoints);
        CheckFruit.Map(endpoints);
        OfferFruit.Map(endpoints);
        ChangeFruit.Map(endpoints);
        ChangeSaleState.Map(endpoints);
        ListOwnFruits.Map(endpoints);
        AddLot.Map(endpoints);
        ListLots.Map(endpoints);
        ChangeStock.Map(endpoints);
        ListStockMovements.Map(endpoints);
        ListReviews.Map(endpoints);
        WriteReview.Map(endpoints);
        ChangeReview.Map(endpoints);
        ListOwnReviews.Map(endpoints);
        ListFarmReviews.Map(endpoints);
        ListFarms.Map(endpoints);
        GetFarm.Map(endpoints);
        ChangeFarm.Map(endpoints);
        SubscribeToRestock.Map(endpoints);
        UnsubscribeFromRestock.Map(endpoints);
        ListRestockSubscriptions.Map(endpoints);
        UploadImport.Map(endpoints);
        GetImport.Map(endpoints);
        ContinueImport.Map(endpoints);
    }
}
