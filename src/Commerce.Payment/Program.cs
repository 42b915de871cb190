using Commerce.Contracts;
using Commerce.Messaging;
using Commerce.Payment.Charging;
using Commerce.Payment.Looking;
using Commerce.Payment.Provider;
using Commerce.ServiceDefaults;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ContractsJson.Default);
builder.AddTokenAuthentication();
builder.AddApiDocument("Commerce Payment");
builder.AddMessaging(
    "paymentdb",
    typeof(Program).Assembly,
    new MessagingBuilder
    {
        Source = "/commerce/payment",
        Topic = Topics.Payment,
        EventTypes = EventTypes.Names,
        Json = ContractsJson.Default,
    }.Consume<OrderEvents>("payment", Topics.Order, Topics.Catalog)
);

builder.Services.Configure<PaymentOptions>(builder.Configuration.GetSection("Payment"));
builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<PaymentOptions>>().Value);
builder.Services.AddSingleton(ProviderOptions.From(builder.Configuration));
builder.Services.AddSingleton<TossClient>();
builder.Services.AddSingleton<PaymentRows>();
builder.Services.AddHostedService<Reconciliation>();
builder.Services.AddSingleton<PaymentWorker>();
builder.Services.AddHostedService(services => services.GetRequiredService<PaymentWorker>());

var app = builder.Build();
app.UseServiceDefaults();
app.MapGetPayment();
app.MapMessaging(Policies.Admin);
app.Run();
