using Commerce.Delivery;
using Commerce.Hosting;

// A mock of a carrier behind the real events: time, or a farmer, moves the boxes.
var builder = WebApplication.CreateBuilder(args);
builder.AddCommerceService("delivery", DeliveryService.Consume);
builder.AddDelivery();

var app = builder.Build();
app.UseCommerceService();
app.MapDelivery();
await app.RunAsync();
