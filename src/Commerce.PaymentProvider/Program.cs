using Commerce.PaymentProvider.Ledger;
using Commerce.PaymentProvider.Payments;
using Commerce.PaymentProvider.Protocol;
using Commerce.ServiceDefaults;

// Stands in for Toss Payments: the same calls and shapes, and faults on demand by the payment token.
var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults(LedgerJson.Default, PaymentJson.Default, ErrorJson.Default);
builder.Services.AddSingleton<LedgerFile>();
builder.Services.AddSingleton<LedgerService>();
builder.Services.AddHostedService<LedgerFileWriter>();

var app = builder.Build();
app.UseServiceDefaults();
var payments = app.MapGroup("/v1").AddEndpointFilter(new SecretKeyFilter(app.Configuration));
payments.MapConfirmPayment();
payments.MapCancelPayment();
payments.MapGetPayment();
payments.MapListTransactions();
payments.MapGetLedger();
app.Run();
