using Commerce.Data.Batches;
using Commerce.Messaging.Outbox;
using Dapper;
using Npgsql;

namespace Commerce.Payment.Charging;

/// <summary>Applies inputs to the table, many at a time: lock, decide in memory, write once.</summary>
internal sealed class PaymentStore(NpgsqlDataSource database, IOutbox outbox)
{
    /// <summary>
    /// Applies the updates in their order. Rows that are missing are created; what changes, and what is published, is added to
    /// the caller's <paramref name="writes"/>. Returns whether there is work for the provider then.
    /// </summary>
    public async Task<bool> ApplyAsync(
        NpgsqlBatch writes,
        IReadOnlyCollection<PaymentUpdate> updates,
        CancellationToken cancellationToken
    )
    {
        var payments = await LockAsync(writes.Transaction!, updates, cancellationToken);
        var changed = new HashSet<Guid>();
        var outgoing = new List<OutgoingEvent>();
        foreach (var (orderId, input, traceParent) in updates)
        {
            var payment = payments[orderId];
            var (next, publish) = PaymentDecider.Apply(payment, input);
            if (next != payment)
            {
                payments[orderId] = next with { TraceParent = traceParent ?? payment.TraceParent };
                changed.Add(orderId);
            }

            if (publish is not null)
            {
                outgoing.Add(new OutgoingEvent(orderId, publish) { TraceParent = traceParent ?? payment.TraceParent });
            }
        }

        if (changed.Count > 0)
        {
            Save(writes, [.. changed.Select(id => payments[id])]);
        }

        outbox.Append(writes, outgoing);
        return changed.Any(id => payments[id] is { HasWork: true, DueIn.Ticks: 0 });
    }

    /// <summary>Takes up to <paramref name="count"/> payments that are due and that nobody else holds, for <paramref name="lease"/>.</summary>
    public async Task<IReadOnlyList<OrderPayment>> LeaseAsync(
        int count,
        TimeSpan lease,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var due = await connection.QueryAsync<OrderPayment>(
            new CommandDefinition(
                $"""
                select {Columns} from payments p where due_at <= clock_timestamp()
                order by due_at limit @count for no key update skip locked
                """,
                new { count },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        var leased = due.Select(payment => PaymentDecider.Apply(payment, new PaymentInput.Leased(lease)).Next)
            .ToArray();
        if (leased.Length > 0)
        {
            await using var writes = new NpgsqlBatch(connection, transaction);
            Save(writes, leased);
            await writes.CommitAsync(cancellationToken);
        }

        return leased;
    }

    private static async Task<Dictionary<Guid, OrderPayment>> LockAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<PaymentUpdate> updates,
        CancellationToken cancellationToken
    )
    {
        var orderIds = updates.Select(update => update.OrderId).Distinct().ToArray();
        var paymentIds = Array.ConvertAll(orderIds, _ => Guid.CreateVersion7());
        // Inserted and locked in one order everywhere, so that two batches wait for each other instead of deadlocking.
        var rows = await transaction.Connection!.QueryAsync<OrderPayment>(
            new CommandDefinition(
                $"""
                insert into payments (order_id, payment_id, state)
                select order_id, payment_id, 'waiting'
                from unnest(@orderIds, @paymentIds) as n (order_id, payment_id)
                order by order_id
                on conflict (order_id) do nothing;

                select {Columns} from payments p where order_id = any(@orderIds) order by order_id for no key update
                """,
                new { orderIds, paymentIds },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return rows.ToDictionary(row => row.OrderId);
    }

    private static void Save(NpgsqlBatch writes, OrderPayment[] rows)
    {
        writes.Add(
            """
            update payments p set
              state = n.state, account_id = n.account_id, amount_krw = n.amount_krw, token = n.token,
              reserved = n.reserved, closed = n.closed, payment_key = n.payment_key, captured_krw = n.captured_krw,
              captured_at = n.captured_at, refunded_at = n.refunded_at, code = n.code, message = n.message,
              trace_parent = n.trace_parent, attempts = n.attempts, updated_at = now(),
              due_at = case
                when not n.has_work then null
                when n.due_in is null then p.due_at
                else clock_timestamp() + n.due_in
              end
            from unnest(
              @orderIds, @states, @accountIds, @amounts, @tokens, @reserved, @closed, @paymentKeys, @captured,
              @capturedAt, @refundedAt, @codes, @messages, @traceParents, @attempts, @hasWork, @dueIn
            ) as n (
              order_id, state, account_id, amount_krw, token, reserved, closed, payment_key, captured_krw,
              captured_at, refunded_at, code, message, trace_parent, attempts, has_work, due_in
            )
            where p.order_id = n.order_id
            """,
            new
            {
                orderIds = Array.ConvertAll(rows, row => row.OrderId),
                states = Array.ConvertAll(rows, row => row.State.ToString().ToLowerInvariant()),
                accountIds = Array.ConvertAll(rows, row => row.AccountId),
                amounts = Array.ConvertAll(rows, row => row.AmountKrw),
                tokens = Array.ConvertAll(rows, row => row.Token),
                reserved = Array.ConvertAll(rows, row => row.Reserved),
                closed = Array.ConvertAll(rows, row => row.Closed),
                paymentKeys = Array.ConvertAll(rows, row => row.PaymentKey),
                captured = Array.ConvertAll(rows, row => row.CapturedKrw),
                capturedAt = Array.ConvertAll(rows, row => row.CapturedAt),
                refundedAt = Array.ConvertAll(rows, row => row.RefundedAt),
                codes = Array.ConvertAll(rows, row => row.Code),
                messages = Array.ConvertAll(rows, row => row.Message),
                traceParents = Array.ConvertAll(rows, row => row.TraceParent),
                attempts = Array.ConvertAll(rows, row => row.Attempts),
                hasWork = Array.ConvertAll(rows, row => row.HasWork),
                dueIn = Array.ConvertAll(rows, row => row.DueIn),
            }
        );
    }

    /// <summary>The columns of <see cref="OrderPayment"/>, of the table under the name <c>p</c>.</summary>
    private const string Columns = """
        p.order_id, p.payment_id, p.state, p.account_id, p.amount_krw, p.token, p.reserved, p.closed, p.payment_key,
        p.captured_krw, p.captured_at, p.refunded_at, p.code, p.message, p.trace_parent, p.attempts
        """;
}
