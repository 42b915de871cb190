extern alias provider;
using Commerce.Contracts;
using Commerce.Contracts.Events;

using Dapper;

namespace Commerce.Payment.Tests;

/// <summary>Payment with the real mock provider behind it, and an order's other services played by the test.</summary>
public class PaymentFixture : ServiceFixture<Program>
{
    private readonly string _folder = Directory.CreateTempSubdirectory("commerce-payment-").FullName;
    private ServiceHost<provider::Program>? _providerHost;
    private ProviderClient? _provider;

    protected override string DatabaseName => "paymentdb";

    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["PaymentProvider:BaseAddress"] = ProviderAddress.ToString(),
            ["PaymentProvider:SecretKey"] = ProviderClient.SecretKey,
            // Above the 5 s of a slow token, below the patience of a test.
            ["PaymentProvider:Timeout"] = "00:00:07",
            ["Payment:Lease"] = "00:00:09",
        };

    internal ProviderClient Books => _provider!;

    internal Uri ProviderAddress => _providerHost!.Address;

    internal Dictionary<string, string?> ProviderSettings =>
        new(StringComparer.Ordinal)
        {
            ["PaymentProvider:SecretKey"] = ProviderClient.SecretKey,
            ["PaymentProvider:DataFile"] = Path.Combine(_folder, "ledger.jsonl"),
            ["Logging:LogLevel:Default"] = "Warning",
        };

    public override async Task InitializeAsync()
    {
        _providerHost = new ServiceHost<provider::Program>(ProviderSettings).Listen();
        _provider = new ProviderClient(_providerHost.Address);
        await base.InitializeAsync();
    }

    public override async Task DisposeAsync()
    {
        await base.DisposeAsync();
        _provider?.Dispose();
        if (_providerHost is not null)
        {
            await _providerHost.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Publishes as Order or Catalog would, in this order.</summary>
    public async Task TellAsync(params object[] events)
    {
        foreach (var payload in events)
        {
            var topic = payload is StockReserved ? Topics.Catalog : Topics.Order;
            await Events.PublishAsync(topic, OrderOf(payload), payload);
        }
    }

    /// <summary>Waits until the row is in this state.</summary>
    public Task WaitForStateAsync(Guid orderId, string state, TimeSpan? timeout = null) =>
        Eventually.Value(() => StateAsync(orderId), found => found == state, timeout);

    public async Task<string?> StateAsync(Guid orderId)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string?>(
            "select state from payments where order_id = @orderId",
            new { orderId }
        );
    }

    /// <summary>The event types that Payment wrote about the order, oldest first, from its own event store.</summary>
    public async Task<IReadOnlyList<string>> WrittenAsync(Guid orderId)
    {
        await using var connection = await Database.OpenConnectionAsync();
        var types = await connection.QueryAsync<string>(
            "select type from outbox where subject = @orderId order by seq",
            new { orderId }
        );
        return [.. types.Select(type => type.Replace("commerce.payment.", "", StringComparison.Ordinal)[..^3])];
    }

    private static Guid OrderOf(object payload) =>
        payload switch
        {
            OrderPlaced placed => placed.OrderId,
            StockReserved reserved => reserved.OrderId,
            OrderCancelled cancelled => cancelled.OrderId,
            OrderRejected rejected => rejected.OrderId,
            OrderRefundRequested refund => refund.OrderId,
            _ => throw new ArgumentException($"Nobody tells {payload.GetType().Name} here.", nameof(payload)),
        };
}

/// <summary>One order as the other services tell of it. Amounts in whole KRW.</summary>
internal sealed record TestOrder(string Token, long TotalKrw = 78_000)
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public Guid AccountId { get; } = Guid.CreateVersion7();

    public OrderPlaced Placed =>
        new(
            Id,
            AccountId,
            [new OrderLine(Guid.CreateVersion7(), Guid.CreateVersion7(), 2, 39_000)],
            TotalKrw,
            Token,
            DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow.AddMinutes(2)
        );

    public StockReserved Reserved => new(Id, DateTimeOffset.UtcNow);

    public OrderCancelled Cancelled => new(Id, AccountId, OrderReasons.CancelledByShopper);

    public OrderRejected Rejected => new(Id, AccountId, OrderReasons.OutOfStock);

    public OrderRefundRequested RefundRequested => new(Id, AccountId, "무른 사과가 왔어요");

    public static TestOrder With(string fault = "") => new(ProviderClient.Token(fault));
}
