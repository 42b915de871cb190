using Commerce.Contracts;
using Commerce.Messaging;
using Commerce.Order.Admin;
using Commerce.Order.Carts;
using Commerce.Order.Farm;
using Commerce.Order.Live;
using Commerce.Order.Orders;
using Commerce.Order.Placing;
using Commerce.Order.Retention;
using Commerce.Order.Saga;
using Commerce.ServiceDefaults;

namespace Commerce.Order;

/// <summary>What the service consists of.</summary>
internal static class OrderService
{
    public static void AddOrderService(this WebApplicationBuilder builder)
    {
        builder.AddMessaging(
            "orderdb",
            typeof(OrderService).Assembly,
            new MessagingBuilder
            {
                Source = "/commerce/order",
                Topic = Topics.Order,
                EventTypes = EventTypes.Names,
                Json = ContractsJson.Default,
            }.Consume<OrderEventHandler>("order", Topics.Catalog, Topics.Payment, Topics.Delivery)
        );
        builder.AddRedis();
        builder.Services.AddSingleton(services =>
            services.GetRequiredService<IConfiguration>().GetSection("Orders").Get<OrderOptions>() ?? new OrderOptions()
        );
        builder.Services.AddSingleton(services =>
            services.GetRequiredService<IConfiguration>().GetSection("Market").Get<MarketOptions>()
            ?? new MarketOptions()
        );
        builder.Services.AddSingleton<OrderDecider>();
        builder.Services.AddSingleton<OrderStore>();
        builder.Services.AddSingleton<PlaceOrderStore>();
        builder.Services.AddSingleton<OrderIntake>();
        builder.Services.AddHostedService(services => services.GetRequiredService<OrderIntake>());
        builder.Services.AddSingleton<CartStore>();
        builder.Services.AddSingleton<UnboughtBoxes>();
        builder.Services.AddSingleton<LiveUpdates>();
        builder.Services.AddHostedService<OrderSweeper>();
        builder.Services.AddSingleton<ITrim, TimelineTrim>();
        builder.Services.AddSingleton<ITrim, IdempotencyKeyTrim>();
    }

    public static void MapOrderService(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapCart();
        endpoints.MapPlaceOrder();
        endpoints.MapListOrders();
        endpoints.MapGetOrder();
        endpoints.MapCancelOrder();
        endpoints.MapListFarmOrders();
        endpoints.MapShipments();
        endpoints.MapFarmSales();
        endpoints.MapSettlement();
        endpoints.MapListAllOrders();
        endpoints.MapOrderStats();
        endpoints.MapRevenue();
        endpoints.MapRefundOrder();
        endpoints.MapMessaging(Policies.Admin);
    }
}
