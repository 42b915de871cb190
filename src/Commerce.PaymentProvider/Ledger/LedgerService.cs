namespace Commerce.PaymentProvider.Ledger;

/// <summary>What became of a request that moves money. <paramref name="Durable"/> ends when it is on the disk: answer only then.</summary>
internal sealed record LedgerEntry(PaymentRecord Payment, Task Durable);

/// <summary>A payment and the lines that made it. Whole KRW.</summary>
internal sealed record PaymentRecord(LedgerLine Charge, LedgerLine? Refund)
{
    public string Status => Refund is null ? PaymentStatus.Done : PaymentStatus.Canceled;
}

/// <summary>
/// All payments in memory, rebuilt from the journal at start. One payment per order, however often and under whichever
/// Idempotency-Key it is asked for; a refund gives back the whole amount once.
/// </summary>
/// <remarks>
/// A token pays for more than one order here, because demos and load tests reuse theirs; so each payment gets a key of the
/// provider's own. Toss Payments keeps the same key throughout, and callers that use the key of the answer fit both.
/// </remarks>
internal sealed class LedgerService
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LedgerEntry> _byOrder = [];
    private readonly Dictionary<string, string> _orderByPaymentKey = [];

    // Every line in the order of the journal.
    private readonly List<(LedgerLine Entry, Task Durable)> _lines = [];
    private readonly LedgerFile _journal;
    private readonly TimeProvider _clock;

    public LedgerService(LedgerFile journal, TimeProvider clock)
    {
        _journal = journal;
        _clock = clock;
        foreach (var entry in journal.ReadAll())
        {
            Apply(entry, Task.CompletedTask);
        }
    }

    public LedgerEntry? FindByOrder(string orderId)
    {
        lock (_gate)
        {
            return _byOrder.GetValueOrDefault(orderId);
        }
    }

    public LedgerEntry? FindByPaymentKey(string paymentKey)
    {
        lock (_gate)
        {
            return _orderByPaymentKey.TryGetValue(paymentKey, out var orderId) ? _byOrder[orderId] : null;
        }
    }

    /// <summary>Lines written in a span of time, oldest first, behind the one with this transaction key (null: from the first).</summary>
    public IReadOnlyList<(LedgerLine Entry, Task Durable)> Lines(
        DateTimeOffset from,
        DateTimeOffset to,
        string? after,
        int limit
    )
    {
        lock (_gate)
        {
            var start = after is null ? 0 : _lines.FindIndex(line => line.Entry.TransactionKey == after) + 1;
            return [.. _lines.Skip(start).Where(line => line.Entry.At >= from && line.Entry.At <= to).Take(limit)];
        }
    }

    /// <summary>Charges the order unless it was charged before; the booking says under which key and for how much.</summary>
    public LedgerEntry Charge(string orderId, long amount, string idempotencyKey)
    {
        lock (_gate)
        {
            return _byOrder.TryGetValue(orderId, out var earlier)
                ? earlier
                : Append(
                    new LedgerLine(
                        "charged",
                        $"pay_{Guid.CreateVersion7():N}",
                        orderId,
                        amount,
                        $"txn_{Guid.CreateVersion7():N}",
                        idempotencyKey,
                        null,
                        _clock.GetUtcNow()
                    )
                );
        }
    }

    /// <summary>Gives the whole amount back unless that was done before; null when nothing was charged under this key.</summary>
    public LedgerEntry? Refund(string paymentKey, string reason, string idempotencyKey)
    {
        lock (_gate)
        {
            if (!_orderByPaymentKey.TryGetValue(paymentKey, out var orderId))
            {
                return null;
            }

            var booking = _byOrder[orderId];
            return booking.Payment.Refund is not null
                ? booking
                : Append(
                    booking.Payment.Charge with
                    {
                        Kind = "refunded",
                        TransactionKey = $"txn_{Guid.CreateVersion7():N}",
                        IdempotencyKey = idempotencyKey,
                        Reason = reason,
                        At = _clock.GetUtcNow(),
                    }
                );
        }
    }

    public LedgerTotals Totals()
    {
        lock (_gate)
        {
            var refunds = _byOrder.Values.Select(booking => booking.Payment.Refund).OfType<LedgerLine>().ToList();
            return new LedgerTotals(
                _byOrder.Count,
                _byOrder.Values.Sum(booking => booking.Payment.Charge.Amount),
                refunds.Count,
                refunds.Sum(refund => refund.Amount)
            );
        }
    }

    private LedgerEntry Append(LedgerLine entry) => Apply(entry, _journal.AppendAsync(entry));

    private LedgerEntry Apply(LedgerLine entry, Task durable)
    {
        var booking =
            entry.Kind == "charged"
                ? new LedgerEntry(new PaymentRecord(entry, null), durable)
                : new LedgerEntry(_byOrder[entry.OrderId].Payment with { Refund = entry }, durable);
        _orderByPaymentKey[entry.PaymentKey] = entry.OrderId;
        _lines.Add((entry, durable));
        return _byOrder[entry.OrderId] = booking;
    }
}
