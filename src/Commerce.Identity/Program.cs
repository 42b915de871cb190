using Commerce.Contracts;
using Commerce.Identity;
using Commerce.Identity.Accounts;
using Commerce.Identity.Addresses;
using Commerce.Identity.Admin;
using Commerce.Identity.Farmers;
using Commerce.Identity.Keys;
using Commerce.Identity.Sessions;
using Commerce.Messaging;
using Commerce.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(ContractsJson.Default);
builder.AddIdentity();
builder.AddTokenAuthentication();
builder.AddApiDocument("Commerce Identity");
builder.AddMessaging(
    "identitydb",
    typeof(Program).Assembly,
    new MessagingBuilder
    {
        Source = "/commerce/identity",
        Topic = Topics.Identity,
        EventTypes = EventTypes.Names,
        Json = ContractsJson.Default,
    }
);

var app = builder.Build();
app.UseServiceDefaults();
app.MapAccounts();
app.MapAddresses();
app.MapTokens();
app.MapFarmers();
app.MapAccountAdmin();
app.MapKeys();
app.MapMessaging(Policies.Admin);
app.Run();
