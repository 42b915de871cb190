using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Saga;
using StackExchange.Redis;

namespace Commerce.Order.Carts;

/// <summary>
/// A placed order takes its boxes out of the cart; when it fails for a reason that is not the shopper's own, they come back.
/// By the price that the shopper saw, so that the cart shows what changed.
/// </summary>
internal sealed class UnboughtBoxes(CartStore carts, ILogger<UnboughtBoxes> logger)
{
    /// <summary>Call after the commit. A help, not a promise: while Redis is away, so are carts.</summary>
    public async Task ReturnAsync(IEnumerable<OrderState> ended)
    {
        foreach (var order in ended.Where(IsUnbought))
        {
            try
            {
                await carts.GiveBackAsync(
                    CartOwner.Account(order.AccountId),
                    order.Lines.Select(line => (line.FruitId, new CartEntry(line.Quantity, line.UnitPriceKrw)))
                );
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                logger.LogDebug(exception, "Boxes of a failed order did not return to their cart: Redis is away");
            }
        }
    }

    private static bool IsUnbought(OrderState order) =>
        order.Status is OrderStatus.Rejected
        || (
            order.Status is OrderStatus.Cancelled
            && order.Reason is OrderReasons.PaymentDeclined or OrderReasons.Expired
        );
}
