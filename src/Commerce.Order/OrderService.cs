using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Data.Retention;
using Commerce.Messaging;
using Commerce.Order.Admin;
using Commerce.Order.AfterCommit;
using Commerce.Order.Cancelling;
using Commerce.Order.Carts;
using Commerce.Order.Farm;
using Commerce.Order.Fruits;
using Commerce.Order.Ledger;
using Commerce.Order.Live;
using Commerce.Order.Orders;
using Commerce.Order.Placing;
using Commerce.Order.Queries;
using Commerce.Order.Saga;
using Commerce.ServiceDefaults.Configuration;
using Commerce.ServiceDefaults.Redis;

namespace Commerce.Order;

/// <summary>What the service consists of.</summary>
internal static class OrderService
{
    /// <summary>What the service listens to.</summary>
    public static void Consume(MessagingBuilder messaging) =>
        messaging.Consume(
            "order",
            order =>
                order
                    .From(Topics.Catalog, Topics.Payment, Topics.Delivery)
                    .Handle<FruitSnapshot, FruitReadModelHandler>(fruits =>
                        fruits.On<FruitListed>(listed => listed.Fruit).On<FruitChanged>(changed => changed.Fruit)
                    )
                    .Handle<object, OrderEventHandler>(orders =>
                        orders
                            .On<StockReserved>()
                            .On<StockRejected>()
                            .On<StockReleased>()
                            .On<PaymentCaptured>()
                            .On<PaymentDeclined>()
                            .On<PaymentRefunded>()
                            .On<DeliveryScheduled>()
                            .On<DeliveryOnRoute>()
                            .On<DeliveryDelivered>()
                    )
        );

    public static void AddOrder(this WebApplicationBuilder builder)
    {
        builder.AddRedis();
        builder.Services.AddValidatedOptions<OrderOptions>("Orders");
        builder.Services.AddValidatedOptions<MarketOptions>("Market");
        builder.Services.AddSingleton<OrderDecider>();
        builder.Services.AddSingleton<OrderStore>();
        builder.Services.AddSingleton<PlaceOrderStore>();
        builder.Services.AddSingleton<OrderBatchWriter>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OrderBatchWriter>());
        builder.Services.AddSingleton<CartStore>();
        builder.Services.AddSingleton<CartRestorer>();
        builder.Services.AddSingleton<OrderFollowUp>();
        builder.Services.AddSingleton<OrderCancellation>();
        builder.Services.AddSingleton<LiveUpdates>();
        builder.Services.AddHostedService<OrderSweeper>();
        builder.Services.AddSingleton<IRetentionPolicy, TimelineRetention>();
        builder.Services.AddSingleton<IRetentionPolicy, IdempotencyKeyRetention>();
    }

    public static void MapOrder(this IEndpointRouteBuilder endpoints)
    {
        CartEndpoints.Map(endpoints);
        PlaceOrder.Map(endpoints);
        ListOrders.Map(endpoints);
        GetOrder.Map(endpoints);
        CancelOrder.Map(endpoints);
        ListFarmOrders.Map(endpoints);
        ListShipments.Map(endpoints);
        GetPickList.Map(endpoints);
        GetFarmSales.Map(endpoints);
        ListSettlements.Map(endpoints);
        GetSettlement.Map(endpoints);
        ListAllOrders.Map(endpoints);
        GetOrderStats.Map(endpoints);
        GetRevenue.Map(endpoints);
        CancelAnyOrder.Map(endpoints);
        RefundOrder.Map(endpoints);
    }
}
