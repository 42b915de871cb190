using Commerce.Hosting;
using Commerce.Order;

var builder = WebApplication.CreateBuilder(args);
builder.AddCommerceService("order", OrderService.Consume);
builder.AddOrder();

var app = builder.Build();
app.UseCommerceService();
app.MapOrder();
await app.RunAsync();
