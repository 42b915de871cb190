using Commerce.Contracts;
using Commerce.Delivery.Looking;
using Commerce.Delivery.Shipping;
using Commerce.Messaging;
using Commerce.ServiceDefaults;
using Microsoft.Extensions.Options;

// A mock of a carrier behind the real events: time, or a farmer, moves the boxes.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ContractsJson.Default);
builder.AddTokenAuthentication();
builder.AddApiDocument("Commerce Delivery");
builder.AddMessaging(
    "deliverydb",
    typeof(Program).Assembly,
    new MessagingBuilder
    {
        Source = "/commerce/delivery",
        Topic = Topics.Delivery,
        EventTypes = EventTypes.Names,
        Json = ContractsJson.Default,
    }.Consume<OrderEvents>("delivery", Topics.Order)
);

builder.Services.Configure<DeliveryOptions>(builder.Configuration.GetSection("Delivery"));
builder.Services.AddSingleton(services => services.GetRequiredService<IOptions<DeliveryOptions>>().Value);
builder.Services.AddHostedService<Carrier>();

var app = builder.Build();
app.UseServiceDefaults();
app.MapGetDelivery();
app.MapListDeliveries();
app.MapAdvanceDelivery();
app.MapHandOver();
app.MapMessaging(Policies.Admin);
app.Run();
