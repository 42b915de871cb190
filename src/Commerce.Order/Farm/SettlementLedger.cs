using Commerce.Contracts.Api;
using Commerce.Messaging;
using Commerce.Order.Saga;
using Npgsql;

namespace Commerce.Order.Farm;

/// <summary>
/// What farms are owed: an entry per line when its order is delivered, and its negative when the money goes back after that.
/// Entries are written in the transaction that changes the order, once, and never changed; a repetition changes nothing.
/// </summary>
internal static class SettlementLedger
{
    /// <summary>
    /// The market's part of a line: rounded half up to whole KRW, line by line, so that any sum of lines is exact.
    /// </summary>
    public static long Fee(long amountKrw, decimal percent) =>
        (long)Math.Round(amountKrw * percent / 100, MidpointRounding.AwayFromZero);

    /// <summary>Adds the statements that write the entries of these orders.</summary>
    public static void Record(NpgsqlBatch writes, IReadOnlyCollection<OrderState> orders, decimal feePercent)
    {
        var delivered = orders.Where(order => order.Status is OrderStatus.Delivered).ToList();
        if (delivered.Count == 0)
        {
            return;
        }

        var lines = delivered.SelectMany(order => order.Lines, (order, line) => (order.Id, Line: line)).ToArray();
        writes.Add(
            """
            insert into settlement_entries (order_id, fruit_id, kind, farm_id, at, quantity, amount_krw, fee_krw)
            select order_id, fruit_id, 'sale', farm_id, clock_timestamp(), quantity, amount_krw, fee_krw
            from unnest(@orderIds, @fruitIds, @farmIds, @quantities, @amounts, @fees)
                as n (order_id, fruit_id, farm_id, quantity, amount_krw, fee_krw)
            on conflict do nothing
            """,
            new
            {
                orderIds = Array.ConvertAll(lines, line => line.Id),
                fruitIds = Array.ConvertAll(lines, line => line.Line.FruitId),
                farmIds = Array.ConvertAll(lines, line => line.Line.FarmId),
                quantities = Array.ConvertAll(lines, line => line.Line.Quantity),
                amounts = Array.ConvertAll(lines, line => line.Line.Quantity * line.Line.UnitPriceKrw),
                fees = Array.ConvertAll(lines, line => Fee(line.Line.Quantity * line.Line.UnitPriceKrw, feePercent)),
            }
        );
        writes.Add(
            """
            insert into settlement_entries (order_id, fruit_id, kind, farm_id, at, quantity, amount_krw, fee_krw)
            select order_id, fruit_id, 'refund', farm_id, clock_timestamp(), -quantity, -amount_krw, -fee_krw
            from settlement_entries where order_id = any(@refunded) and kind = 'sale'
            on conflict do nothing
            """,
            new
            {
                refunded = delivered
                    .Where(order => order.PaymentStatus is PaymentStates.Refunded)
                    .Select(order => order.Id)
                    .ToArray(),
            }
        );
    }
}
