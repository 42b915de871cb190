using Commerce.Contracts;
using Commerce.ServiceDefaults;
using Commerce.ServiceDefaults.Redis;
using Commerce.Storefront;
using Commerce.Storefront.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ContractsJson.Default);
builder.AddRedis();
builder.AddStorefront();

var app = builder.Build();
app.UseSecurityHeaders();
app.UseHead();
app.UseServiceDefaults();
app.UseStorefront();
app.Run();
