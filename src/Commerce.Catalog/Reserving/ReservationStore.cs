using Commerce.Messaging.Consumers;
using Npgsql;

namespace Commerce.Catalog.Reserving;

/// <summary>What a batch of commands needs from the database, locked, and what it writes: one round trip each.</summary>
internal static class ReservationStore
{
    internal sealed record State(
        Dictionary<Guid, FruitStock> Stock,
        Dictionary<Guid, Reservation> Reservations,
        DateTimeOffset Now
    );

    /// <summary>
    /// Locks first the reservations, then the fruits, each in id order: every batch does, so no two wait for each other.
    /// The lines are read after their reservation, so that one committed meanwhile is seen whole or not at all.
    /// </summary>
    public static async Task<State> LockAsync(
        EventBatch batch,
        IReadOnlyList<OrderCommand> commands,
        CancellationToken cancellationToken
    )
    {
        var orders = commands.Select(command => command.OrderId).Distinct().ToArray();
        var closing = commands.Where(c => c is not OrderCommand.Reserve).Select(c => c.OrderId).Distinct().ToArray();
        var fruits = commands
            .OfType<OrderCommand.Reserve>()
            .SelectMany(reserve => reserve.Lines)
            .Select(line => line.FruitId)
            .Distinct()
            .ToArray();
        await using var reads = new NpgsqlBatch(batch.Connection, batch.Transaction)
        {
            BatchCommands =
            {
                new("select now()"),
                new(
                    """
                    select order_id, status, reserved_at, reason, fruit_id from reservations
                    where order_id = any($1) order by order_id for no key update
                    """
                )
                {
                    Parameters = { new() { Value = orders } },
                },
                new(
                    """
                    select order_id, fruit_id, quantity from reservation_lines where order_id = any($1)
                    """
                )
                {
                    Parameters = { new() { Value = closing } },
                },
                new(
                    """
                    select s.fruit_id, s.available, f.price_krw, f.for_sale
                    from stock s join fruits f on f.id = s.fruit_id
                    where s.fruit_id in (
                      select unnest($1) union select fruit_id from reservation_lines where order_id = any($2))
                    order by s.fruit_id for no key update of s
                    """
                )
                {
                    Parameters =
                    {
                        new() { Value = fruits },
                        new() { Value = closing },
                    },
                },
            },
        };
        return await ReadAsync(reads, cancellationToken);
    }

    private static async Task<State> ReadAsync(NpgsqlBatch reads, CancellationToken cancellationToken)
    {
        await using var reader = await reads.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        var state = new State([], [], reader.GetFieldValue<DateTimeOffset>(0));

        var lines = new Dictionary<Guid, Dictionary<Guid, int>>();
        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var orderId = reader.GetGuid(0);
            state.Reservations[orderId] = new Reservation(
                orderId,
                Enum.Parse<ReservationStatus>(reader.GetString(1), ignoreCase: true),
                reader.GetFieldValue<DateTimeOffset>(2),
                lines[orderId] = [],
                reader.IsDBNull(3) ? null : reader.GetString(3),
                reader.IsDBNull(4) ? null : reader.GetGuid(4)
            );
        }

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            lines[reader.GetGuid(0)][reader.GetGuid(1)] = reader.GetInt32(2);

        await reader.NextResultAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
            state.Stock[reader.GetGuid(0)] = new FruitStock(
                reader.GetInt32(1),
                reader.GetInt64(2),
                reader.GetBoolean(3)
            );
        return state;
    }

    /// <summary>
    /// Adds the one statement that writes all that the decision changed. A reservation that somebody else made meanwhile violates
    /// the key: the batch fails and meets the earlier outcome when it is tried again.
    /// </summary>
    public static void Write(EventBatch batch, State before, Decision decision)
    {
        var opened = decision.Reservations.Values.Where(r => !before.Reservations.ContainsKey(r.OrderId)).ToList();
        var closed = before
            .Reservations.Values.Where(r => decision.Reservations[r.OrderId].Status != r.Status)
            .ToList();
        if (opened.Count == 0 && closed.Count == 0)
            return;

        var changed = decision
            .Stock.Select(s => (FruitId: s.Key, Delta: s.Value.Available - before.Stock[s.Key].Available))
            .Where(s => s.Delta != 0)
            .ToList();
        var moves = decision
            .Taken.Select(t => (FruitId: t.Key, Delta: -t.Value, Reason: "order"))
            .Concat(decision.Returned.Select(r => (FruitId: r.Key, Delta: r.Value, Reason: "order-released")))
            .ToList();
        // An order that was opened and released within the batch keeps its lines, as any released one.
        var lines = opened
            .SelectMany(r => r.Lines, (r, line) => (r.OrderId, FruitId: line.Key, Quantity: line.Value))
            .ToList();
        var sold = decision.Sold.OrderBy(s => s.Key).ToList();

        var write = new NpgsqlBatchCommand(
            """
            with moved as (
              update stock s set available = s.available + n.delta
              from unnest($1, $2) n(fruit_id, delta) where s.fruit_id = n.fruit_id
            ), history as (
              insert into stock_movements (fruit_id, delta, reason) select * from unnest($3, $4, $5)
            ), opened as (
              insert into reservations (order_id, status, reason, fruit_id) select * from unnest($6, $7, $8, $9)
            ), lines as (
              insert into reservation_lines (order_id, fruit_id, quantity) select * from unnest($10, $11, $12)
            ), closed as (
              update reservations r set status = n.status
              from unnest($13, $14) n(order_id, status) where r.order_id = n.order_id
            )
            insert into sales (fruit_id, sold_on, boxes)
            select fruit_id, (now() at time zone 'Asia/Seoul')::date, boxes from unnest($15, $16) n(fruit_id, boxes)
            on conflict (fruit_id, sold_on) do update set boxes = sales.boxes + excluded.boxes
            """
        );
        Add(write, changed.Select(s => s.FruitId), changed.Select(s => s.Delta));
        Add(write, moves.Select(m => m.FruitId), moves.Select(m => m.Delta), moves.Select(m => m.Reason));
        Add(write, opened.Select(r => r.OrderId), opened.Select(r => Name(r.Status)));
        Add(write, opened.Select(r => r.Reason), opened.Select(r => r.FruitId));
        Add(write, lines.Select(l => l.OrderId), lines.Select(l => l.FruitId), lines.Select(l => l.Quantity));
        Add(write, closed.Select(r => r.OrderId), closed.Select(r => Name(decision.Reservations[r.OrderId].Status)));
        Add(write, sold.Select(s => s.Key), sold.Select(s => (long)s.Value));
        batch.Writes.BatchCommands.Add(write);
    }

    private static void Add<T1, T2>(NpgsqlBatchCommand command, IEnumerable<T1> first, IEnumerable<T2> second)
    {
        command.Parameters.Add(new NpgsqlParameter<T1[]> { TypedValue = [.. first] });
        command.Parameters.Add(new NpgsqlParameter<T2[]> { TypedValue = [.. second] });
    }

    private static void Add<T1, T2, T3>(
        NpgsqlBatchCommand command,
        IEnumerable<T1> first,
        IEnumerable<T2> second,
        IEnumerable<T3> third
    )
    {
        Add(command, first, second);
        command.Parameters.Add(new NpgsqlParameter<T3[]> { TypedValue = [.. third] });
    }

    private static string Name(ReservationStatus status) =>
        status switch
        {
            ReservationStatus.Held => "held",
            ReservationStatus.Confirmed => "confirmed",
            ReservationStatus.Released => "released",
            _ => "rejected",
        };
}
