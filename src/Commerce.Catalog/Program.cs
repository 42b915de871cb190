using Commerce.Catalog;
using Commerce.Catalog.Farms;
using Commerce.Catalog.Fruits;
using Commerce.Catalog.Import;
using Commerce.Catalog.Live;
using Commerce.Catalog.Reserving;
using Commerce.Catalog.Reviews;
using Commerce.Catalog.Seed;
using Commerce.Catalog.Wishes;
using Commerce.Contracts;
using Commerce.Messaging;
using Commerce.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ContractsJson.Default);
builder.AddTokenAuthentication();
builder.AddApiDocument("Commerce Catalog");
builder.AddRedis();
builder.AddMessaging(
    "catalogdb",
    typeof(Program).Assembly,
    new MessagingBuilder
    {
        Source = "/commerce/catalog",
        Topic = Topics.Catalog,
        EventTypes = EventTypes.Names,
        Json = ContractsJson.Default,
    }.Consume<CatalogEvents>("catalog", Topics.Order, Topics.Identity)
);
builder.Services.AddSingleton<ShopCache>();
builder.Services.AddSingleton<ImportRunner>();
builder.Services.AddHostedService<MarketSeed>();
builder.Services.AddHostedService<ReservationSweeper>();
builder.Services.AddHostedService<Seasons>();

var app = builder.Build();
app.UseServiceDefaults();
app.MapFruits();
app.MapOwnReviews();
app.MapFarms();
app.MapWishes();
app.MapImports();
app.MapMessaging(Policies.Admin);
app.Run();
