using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Dapper;
using DeliveryView = Commerce.Contracts.Api.Delivery;

namespace Commerce.Delivery.Tests;

/// <summary>Delivery with time that never moves anything by itself.</summary>
public class ByHandFixture : ServiceFixture<Program>
{
    protected override string DatabaseName => "deliverydb";

    protected override IReadOnlyDictionary<string, string?> Settings =>
        new Dictionary<string, string?>(StringComparer.Ordinal) { ["Delivery:Automatic"] = "false" };

    /// <summary>Publishes as Order would, in this order.</summary>
    internal async Task TellAsync(TestOrder order, params object[] events)
    {
        foreach (var payload in events)
        {
            await Events.PublishAsync(Topics.Order, order.Id, payload, traceParent: order.TraceParent);
        }
    }

    internal async Task<DeliveryView> GetAsync(TestOrder order, string? token = null)
    {
        using var client = Service.Client(token ?? Authority.AdminToken());
        using var response = await client.GetAsync($"deliveries/{order.Id}");
        return await response.ReadAsync<DeliveryView>();
    }

    internal Task<DeliveryView> WaitForAsync(TestOrder order, string status) =>
        Eventually.Value(() => GetAsync(order), delivery => delivery.Status == status);

    internal async Task<HttpResponseMessage> AdvanceAsync(TestOrder order, string? token)
    {
        using var client = Service.Client(token);
        return await client.PostAsync($"deliveries/{order.Id}/advance", null);
    }

    /// <summary>The farmer takes the farm out of the carrier's rounds, or back in.</summary>
    internal async Task<HandOver> ChooseAsync(Guid farmId, bool byFarmer)
    {
        using var client = Service.Client(Authority.FarmerToken(farmId));
        using var response = await client.PutAsJsonAsync("farm/hand-over", new HandOver(byFarmer));
        return await response.ReadAsync<HandOver>();
    }

    /// <summary>The event types that Delivery wrote about the order, oldest first, from its own event store.</summary>
    internal async Task<IReadOnlyList<string>> WrittenAsync(TestOrder order)
    {
        await using var connection = await Database.OpenConnectionAsync();
        var types = await connection.QueryAsync<string>(
            "select type from outbox where subject = @Id order by seq",
            new { order.Id }
        );
        return [.. types.Select(type => type.Replace("commerce.delivery.", "", StringComparison.Ordinal)[..^3])];
    }

    /// <summary>Once these orders are scheduled, everything told before them was handled: some fall into every partition.</summary>
    internal async Task HandledAllAsync()
    {
        var last = Enumerable.Range(0, 32).Select(_ => new TestOrder()).ToList();
        foreach (var order in last)
        {
            await TellAsync(order, order.Confirmed);
        }

        foreach (var order in last)
        {
            await Eventually.Value(() => GetAsync(order), _ => true);
        }
    }
}

/// <summary>Delivery as it runs, with a fast clock.</summary>
public sealed class ByTimeFixture : ByHandFixture
{
    internal static readonly IReadOnlyDictionary<string, string?> FastClock = new Dictionary<string, string?>(
        StringComparer.Ordinal
    )
    {
        ["Delivery:Automatic"] = "true",
        ["Delivery:ReadyFor"] = "00:00:01",
        ["Delivery:OnRouteFor"] = "00:00:01",
        ["Delivery:SweepEvery"] = "00:00:00.050",
    };

    protected override IReadOnlyDictionary<string, string?> Settings => FastClock;
}

/// <summary>An order with lines of two farms, as Order tells of it.</summary>
internal sealed record TestOrder
{
    public Guid Id { get; } = Guid.CreateVersion7();

    public Guid AccountId { get; } = Guid.CreateVersion7();

    public Guid FarmId { get; } = Guid.CreateVersion7();

    public Guid OtherFarmId { get; } = Guid.CreateVersion7();

    public string TraceId { get; } = Guid.NewGuid().ToString("N");

    public string TraceParent => $"00-{TraceId}-00f067aa0ba902b7-01";

    public OrderConfirmed Confirmed =>
        new(
            Id,
            AccountId,
            [
                new OrderLine(Guid.CreateVersion7(), FarmId, 1, 39_000),
                new OrderLine(Guid.CreateVersion7(), OtherFarmId, 2, 10_000),
                new OrderLine(Guid.CreateVersion7(), FarmId, 1, 5_000),
            ],
            64_000
        );

    public OrderCancelled Cancelled => new(Id, AccountId, OrderReasons.CancelledByShopper);
}
