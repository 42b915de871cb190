using System.Globalization;
using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>Cart and orders, for shoppers, farmers and admins.</summary>
public sealed class OrderApi(HttpClient http, ICaller caller) : ServiceApi(http, caller)
{
    public Task<Cart> CartAsync(CancellationToken cancellationToken = default) =>
        GetAsync<Cart>("cart", cancellationToken);

    /// <summary>Sets the number of boxes, 1–99. <paramref name="priceSeen"/>: the shopper has today's price before their eyes.</summary>
    public Task<Cart> PutInCartAsync(
        Guid fruitId,
        int quantity,
        bool priceSeen = false,
        CancellationToken cancellationToken = default
    ) =>
        SendAsync<Cart>(
            HttpMethod.Put,
            $"cart/items/{fruitId}",
            new CartQuantity(quantity, priceSeen),
            cancellationToken
        );

    public Task<Cart> RemoveFromCartAsync(Guid fruitId, CancellationToken cancellationToken = default) =>
        SendAsync<Cart>(HttpMethod.Delete, $"cart/items/{fruitId}", null, cancellationToken);

    /// <summary>Right after signing in, so with a token of its own.</summary>
    public Task<Cart> MergeCartAsync(string cartId, string bearer, CancellationToken cancellationToken = default) =>
        SendAsync<Cart>(HttpMethod.Post, "cart/merge", new MergeCart(cartId), cancellationToken, bearer);

    public Task<OrderAccepted> PlaceAsync(
        PlaceOrderRequest order,
        string idempotencyKey,
        CancellationToken cancellationToken = default
    ) => SendAsync<OrderAccepted>(HttpMethod.Post, "orders", order, cancellationToken, idempotencyKey: idempotencyKey);

    /// <param name="state"><c>open</c>, <c>delivered</c> or <c>ended</c>; null for all.</param>
    public Task<Paged<OrderSummary>> OrdersAsync(
        int page,
        string? state = null,
        int pageSize = 10,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<OrderSummary>>(
            Address.Of("orders", ("page", page), ("state", state), ("pageSize", pageSize)),
            cancellationToken
        );

    public Task<OrderDetails> OrderAsync(Guid id, CancellationToken cancellationToken = default) =>
        GetAsync<OrderDetails>($"orders/{id}", cancellationToken);

    public Task CancelAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"orders/{id}/cancel", null, cancellationToken);

    /// <summary>Any order, by the same rule as the shopper's own (admin).</summary>
    public Task CancelAnyAsync(Guid id, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"admin/orders/{id}/cancel", null, cancellationToken);

    /// <summary>Orders with own lines; with <paramref name="shipsOn"/> only what is due on that day and has not left.</summary>
    public Task<Paged<FarmOrder>> FarmOrdersAsync(
        DateOnly? shipsOn,
        int page,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<FarmOrder>>(
            Address.Of("farm/orders", ("shipsOn", Iso(shipsOn)), ("page", page), ("pageSize", 50)),
            cancellationToken
        );

    /// <summary>What has not left the farm, by day.</summary>
    public Task<IReadOnlyList<Shipment>> ShipmentsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<Shipment>>("farm/shipments", cancellationToken);

    public Task<PickList> PickListAsync(DateOnly shipsOn, CancellationToken cancellationToken = default) =>
        GetAsync<PickList>(Address.Of("farm/pick-list", ("shipsOn", Iso(shipsOn))), cancellationToken);

    public Task<FarmSales> FarmSalesAsync(int days, CancellationToken cancellationToken = default) =>
        GetAsync<FarmSales>(Address.Of("farm/sales", ("days", days)), cancellationToken);

    public Task<Settlements> SettlementsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<Settlements>("farm/settlements", cancellationToken);

    /// <param name="month">Any day of it.</param>
    public Task<Settlement> SettlementAsync(
        DateOnly month,
        int page,
        int pageSize = 50,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Settlement>(
            Address.Of(
                $"farm/settlements/{month.ToString("yyyy-MM", CultureInfo.InvariantCulture)}",
                ("page", page),
                ("pageSize", pageSize)
            ),
            cancellationToken
        );

    /// <summary>All of the money of a delivered order (admin).</summary>
    public Task RefundAsync(Guid id, string reason, CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Post, $"admin/orders/{id}/refund", new RefundOrderRequest(reason), cancellationToken);

    /// <param name="accounts">Also the orders of these buyers, whom only Identity knows by name.</param>
    /// <param name="from">First day in Seoul.</param>
    /// <param name="to">Last day in Seoul.</param>
    public Task<Paged<AdminOrder>> AdminOrdersAsync(
        string? q,
        string? status,
        IReadOnlyList<Guid> accounts,
        DateOnly? from,
        DateOnly? to,
        int page,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<AdminOrder>>(
            Address.Of(
                "admin/orders",
                [
                    ("q", q),
                    ("status", status),
                    ("from", from?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                    ("to", to?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
                    ("page", page),
                    .. accounts.Select(account => ("account", (object?)account)),
                ]
            ),
            cancellationToken
        );

    /// <summary>By <c>hour</c> (24) or <c>day</c> (14), the oldest first.</summary>
    public Task<IReadOnlyList<RevenueBar>> RevenueAsync(string by, CancellationToken cancellationToken = default) =>
        GetAsync<IReadOnlyList<RevenueBar>>(Address.Of("admin/orders/revenue", ("by", by)), cancellationToken);

    public Task<OrderStats> StatsAsync(CancellationToken cancellationToken = default) =>
        GetAsync<OrderStats>("admin/orders/stats", cancellationToken);

    private static string? Iso(DateOnly? day) => day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
