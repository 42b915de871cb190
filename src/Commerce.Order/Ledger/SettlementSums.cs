using Commerce.Contracts.Api;

namespace Commerce.Order.Ledger;

/// <summary>The sums of one month's entries. Whole KRW.</summary>
internal sealed record SettlementSums(
    DateOnly Month,
    int Orders,
    int Boxes,
    long SoldKrw,
    long RefundedKrw,
    long FeeKrw
)
{
    public const string Columns = """
        count(distinct order_id) filter (where kind = 'sale')::int as orders, coalesce(sum(quantity), 0)::int as boxes,
        coalesce(sum(amount_krw) filter (where kind = 'sale'), 0)::bigint as sold_krw,
        coalesce(-sum(amount_krw) filter (where kind = 'refund'), 0)::bigint as refunded_krw,
        coalesce(sum(fee_krw), 0)::bigint as fee_krw
        """;

    public static DateOnly FirstOfMonth(DateOnly day) => new(day.Year, day.Month, 1);

    public SettlementMonth ToMonth(DateOnly running) =>
        new(Month, Orders, Boxes, SoldKrw, RefundedKrw, FeeKrw, SoldKrw - RefundedKrw - FeeKrw, Open: Month == running);
}
