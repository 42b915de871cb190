using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Messaging;
using Commerce.Payment.Charging;
using Commerce.Payment.Provider;
using Commerce.Payment.Provider.Toss;
using Commerce.Payment.Queries;
using Commerce.ServiceDefaults.Configuration;

namespace Commerce.Payment;

/// <summary>What the service consists of.</summary>
internal static class PaymentService
{
    /// <summary>What the service listens to.</summary>
    public static void Consume(MessagingBuilder messaging) =>
        messaging.Consume(
            "payment",
            payment =>
                payment
                    .From(Topics.Order, Topics.Catalog)
                    .Handle<PaymentInput, PaymentEventHandler>(orders =>
                        orders
                            .On<OrderPlaced>(Placed)
                            .On<StockReserved>(_ => new PaymentInput.StockReserved())
                            .On<OrderCancelled>(_ => new PaymentInput.OrderClosed())
                            .On<OrderRejected>(_ => new PaymentInput.OrderClosed())
                            .On<OrderRefundRequested>(_ => new PaymentInput.RefundAsked())
                    )
        );

    public static void AddPayment(this WebApplicationBuilder builder)
    {
        builder.Services.AddValidatedOptions<PaymentOptions>("Payment");
        builder.Services.AddSingleton(TossOptions.From(builder.Configuration));
        builder.Services.AddSingleton<IPaymentProvider, TossClient>();
        builder.Services.AddSingleton<PaymentStore>();
        builder.Services.AddHostedService<Reconciliation>();
        builder.Services.AddSingleton<PaymentWorker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<PaymentWorker>());
    }

    public static void MapPayment(this IEndpointRouteBuilder endpoints) => GetPayment.Map(endpoints);

    private static PaymentInput.OrderPlaced Placed(OrderPlaced placed) =>
        new(
            placed.AccountId,
            placed.TotalKrw,
            placed.PaymentToken,
            placed.TotalKrw > 0
                && placed.Lines.Sum(line => (decimal)line.Quantity * line.UnitPriceKrw) == placed.TotalKrw
        );
}
