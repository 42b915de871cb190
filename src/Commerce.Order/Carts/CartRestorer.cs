using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Orders;

namespace Commerce.Order.Carts;

/// <summary>
/// A placed order takes its boxes out of the cart; when it fails for a reason that is not the shopper's own, they come back.
/// By the price that the shopper saw, so that the cart shows what changed.
/// </summary>
internal sealed class CartRestorer(CartStore carts)
{
    /// <summary>Does not wait. A help, not a promise: while Redis is away, so are carts.</summary>
    public void Restore(IEnumerable<OrderState> ended)
    {
        var unbought = ended
            .Where(IsUnbought)
            .Select(order =>
                (
                    CartKey.Account(order.AccountId),
                    order.Lines.Select(line => (line.FruitId, new CartEntry(line.Quantity, line.UnitPriceKrw)))
                )
            )
            .ToList();
        if (unbought.Count > 0)
        {
            carts.GiveBack(unbought);
        }
    }

    private static bool IsUnbought(OrderState order) =>
        order.Status is OrderStatus.Rejected
        || (
            order.Status is OrderStatus.Cancelled
            && order.Reason is OrderReasons.PaymentDeclined or OrderReasons.Expired
        );
}
