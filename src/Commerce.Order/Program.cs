using Commerce.Contracts;
using Commerce.Order;
using Commerce.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ContractsJson.Default);
builder.AddTokenAuthentication();
builder.AddApiDocument("Commerce Order");
builder.AddOrderService();

var app = builder.Build();
app.UseServiceDefaults();
app.MapOrderService();
await app.RunAsync();
