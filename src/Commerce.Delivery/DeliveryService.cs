using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Delivery.Queries;
using Commerce.Delivery.Shipping;
using Commerce.Messaging;
using Commerce.ServiceDefaults.Configuration;

namespace Commerce.Delivery;

/// <summary>What the service consists of.</summary>
internal static class DeliveryService
{
    /// <summary>What the service listens to.</summary>
    public static void Consume(MessagingBuilder messaging) =>
        messaging.Consume(
            "delivery",
            delivery =>
                delivery
                    .From(Topics.Order)
                    .Handle<object, DeliveryEventHandler>(orders => orders.On<OrderConfirmed>().On<OrderCancelled>())
        );

    public static void AddDelivery(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<DeliveryOptions>("Delivery");
        builder.Services.AddHostedService<CarrierSimulator>();
    }

    public static void MapDelivery(this IEndpointRouteBuilder endpoints)
    {
        GetDelivery.Map(endpoints);
        ListDeliveries.Map(endpoints);
        AdvanceDelivery.Map(endpoints);
        GetDispatchMode.Map(endpoints);
        ChooseDispatchMode.Map(endpoints);
    }
}
