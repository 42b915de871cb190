using Commerce.Order.Carts;
using Commerce.Order.Live;
using Commerce.Order.Orders;

namespace Commerce.Order.AfterCommit;

/// <summary>
/// What follows when changes of orders are committed: carts and open pages hear of it. Sent and not waited for, because a Redis
/// that hangs must not hold up the orders behind these; and lost when the process dies between, because both are a help and no
/// promise.
/// </summary>
internal sealed class OrderFollowUp(CartStore carts, CartRestorer restorer, LiveUpdates live)
{
    /// <summary>Call once, after the commit.</summary>
    public void Committed(OrderUnitOfWork changes)
    {
        foreach (var order in changes.Started)
        {
            carts.Forget(CartKey.Account(order.AccountId), order.Lines.Select(line => line.FruitId));
        }

        // In this order: a page that hears of an order finds its boxes in the cart.
        restorer.Restore(changes.Voided);
        if (changes.Changed.Count > 0)
        {
            live.OrdersChanged(changes.Changed);
        }
    }
}
