using Commerce.Catalog;
using Commerce.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddCommerceService("catalog", CatalogService.Consume);
builder.AddCatalog();

var app = builder.Build();
app.UseCommerceService();
app.MapCatalog();
await app.RunAsync();
