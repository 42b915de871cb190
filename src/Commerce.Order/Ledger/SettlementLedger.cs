using Commerce.Data.Batches;
using Npgsql;

namespace Commerce.Order.Ledger;

/// <summary>A line of an order that was delivered; price in whole KRW per box.</summary>
internal sealed record Sale(Guid OrderId, Guid FruitId, Guid FarmId, int Quantity, long UnitPriceKrw)
{
    public long AmountKrw => Quantity * UnitPriceKrw;
}

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

    /// <summary>Adds the statements that write the entries of these sales; nothing when there are none.</summary>
    /// <param name="refunded">Orders among them whose money went back.</param>
    public static void Record(NpgsqlBatch writes, Sale[] sales, IReadOnlyCollection<Guid> refunded, decimal feePercent)
    {
        if (sales.Length == 0)
        {
            return;
        }

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
                orderIds = Array.ConvertAll(sales, sale => sale.OrderId),
                fruitIds = Array.ConvertAll(sales, sale => sale.FruitId),
                farmIds = Array.ConvertAll(sales, sale => sale.FarmId),
                quantities = Array.ConvertAll(sales, sale => sale.Quantity),
                amounts = Array.ConvertAll(sales, sale => sale.AmountKrw),
                fees = Array.ConvertAll(sales, sale => Fee(sale.AmountKrw, feePercent)),
            }
        );
        writes.Add(
            """
            insert into settlement_entries (order_id, fruit_id, kind, farm_id, at, quantity, amount_krw, fee_krw)
            select order_id, fruit_id, 'refund', farm_id, clock_timestamp(), -quantity, -amount_krw, -fee_krw
            from settlement_entries where order_id = any(@refunded) and kind = 'sale'
            on conflict do nothing
            """,
            new { refunded = refunded.ToArray() }
        );
    }
}
