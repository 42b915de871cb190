using Commerce.Hosting;
using Commerce.Payment;

var builder = WebApplication.CreateBuilder(args);
builder.AddCommerceService("payment", PaymentService.Consume);
builder.AddPayment();

var app = builder.Build();
app.UseCommerceService();
app.MapPayment();
await app.RunAsync();
