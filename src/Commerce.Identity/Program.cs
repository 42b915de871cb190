using Commerce.Hosting;
using Commerce.Identity;

var builder = WebApplication.CreateBuilder(args);
builder.AddCommerceService("identity");
builder.AddIdentity();

var app = builder.Build();
app.UseCommerceService();
app.MapIdentity();
await app.RunAsync();
