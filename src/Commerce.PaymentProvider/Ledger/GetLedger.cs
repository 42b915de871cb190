namespace Commerce.PaymentProvider.Ledger;

/// <summary>GET /v1/ledger?orderId=: what really happened to an order's money. Amounts in whole KRW.</summary>
internal sealed record OrderLedger(
    string OrderId,
    IReadOnlyList<LedgerLine> Charges,
    IReadOnlyList<LedgerLine> Refunds,
    long BalanceKrw
);

/// <summary>GET /v1/ledger: over all orders. Amounts in whole KRW.</summary>
internal sealed record LedgerTotals(int Charges, long ChargedKrw, int Refunds, long RefundedKrw);

/// <summary>Not part of Toss Payments: the books for tests and for looking, under the same key as everything else.</summary>
internal static class GetLedger
{
    public static void MapGetLedger(this IEndpointRouteBuilder endpoints) => endpoints.MapGet("/ledger", Handle);

    private static async Task<IResult> Handle(string? orderId, LedgerService books)
    {
        if (orderId is null)
        {
            return Results.Ok(books.Totals());
        }

        var booking = books.FindByOrder(orderId);
        if (booking is null)
        {
            return Results.Ok(new OrderLedger(orderId, [], [], 0));
        }

        await booking.Durable;
        var (charge, refund) = booking.Payment;
        return Results.Ok(
            new OrderLedger(orderId, [charge], refund is null ? [] : [refund], charge.Amount - (refund?.Amount ?? 0))
        );
    }
}
