using Commerce.Contracts.Api;
using Commerce.Order.Saga;
using Npgsql;
using NpgsqlTypes;

namespace Commerce.Order.Placing;

/// <summary>Writes new orders with one statement.</summary>
internal static class InsertOrders
{
    // The lock tells "being written right now" from "written": waiting on the key's index would hide the difference.
    // It goes with the transaction, so a crash leaves no key behind that is in flight for ever. A key older than 24 h is
    // taken over. Everything after hangs on the key's row.
    private const string Sql = """
        with wanted as materialized (
            select * from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
                as w (id, account_id, key, request_hash, body, location, total_krw, payment_token,
                    recipient, phone, postal_code, line1, line2, trace_parent, event_id, trace_id, payload)
        ), locked as materialized (
            select id, pg_try_advisory_xact_lock(hashtextextended(account_id::text || key, 0)) as free from wanted
        ), keys as (
            insert into idempotency_keys as k (account_id, key, request_hash, status, body, location, created_at)
            select account_id, key, request_hash, $18, body, location, $19 from wanted join locked using (id) where free
            on conflict (account_id, key) do update
            set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body,
                location = excluded.location, created_at = excluded.created_at
            where k.created_at < excluded.created_at - interval '24 hours'
            returning account_id, key
        ), stored as materialized (
            select w.* from wanted w join keys using (account_id, key)
        ), new_orders as (
            insert into orders (id, account_id, status, payment_status, total_krw, payment_token,
                recipient, phone, postal_code, line1, line2, placed_at, expires_at, next_check_at, trace_parent)
            select id, account_id, $20, $21, total_krw, payment_token,
                recipient, phone, postal_code, line1, line2, $19, $22, $23, trace_parent
            from stored
        ), new_lines as (
            insert into order_lines (order_id, position, fruit_id, farm_id, name, name_en, farm_name, image_url,
                quantity, unit_price_krw)
            select l.* from unnest($24, $25, $26, $27, $28, $29, $30, $31, $32, $33)
                as l (order_id, position, fruit_id, farm_id, name, name_en, farm_name, image_url, quantity, price)
            join stored on stored.id = l.order_id
        ), first_entries as (
            insert into timeline (event_id, order_id, at, event, source, trace_id, payload)
            select event_id, id, $19, $34, $35, trace_id, payload::jsonb from stored
        )
        select id, free, exists (select from stored s where s.id = locked.id) from locked
        """;

    /// <returns>By order: whether its key was free to be written, and whether it was.</returns>
    public static async Task<Dictionary<Guid, (bool Free, bool Stored)>> ExecuteAsync(
        NpgsqlTransaction transaction,
        List<NewOrder> orders,
        Known known
    )
    {
        await using var command = new NpgsqlCommand(Sql, transaction.Connection, transaction);
        AddOrders(command, orders);
        Add(command, StatusCodes.Status202Accepted);
        Add(command, known.Now);
        Add(command, nameof(OrderStatus.Placed));
        Add(command, PaymentStates.Pending);
        Add(command, orders[0].State.ExpiresAt);
        Add(command, orders[0].State.NextCheckAt!.Value);
        AddLines(command, orders, known);
        Add(command, orders[0].Entry.Event);
        Add(command, orders[0].Entry.Source);

        var written = new Dictionary<Guid, (bool, bool)>(orders.Count);
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            written[reader.GetGuid(0)] = (reader.GetBoolean(1), reader.GetBoolean(2));
        }

        return written;
    }

    private static void AddOrders(NpgsqlCommand command, List<NewOrder> orders)
    {
        Add(command, orders, order => order.State.Id);
        Add(command, orders, order => order.State.AccountId);
        Add(command, orders, order => order.Request.Key);
        Add(command, orders, order => order.Answer.RequestHash);
        Add(command, orders, order => order.Answer.Body);
        Add(command, orders, order => order.Answer.Location);
        Add(command, orders, order => order.State.TotalKrw);
        Add(command, orders, order => order.State.PaymentToken!);
        Add(command, orders, order => order.Request.Valid.Address.Recipient);
        Add(command, orders, order => order.Request.Valid.Address.Phone);
        Add(command, orders, order => order.Request.Valid.Address.PostalCode);
        Add(command, orders, order => order.Request.Valid.Address.Line1);
        AddTexts(command, orders, order => order.Request.Valid.Address.Line2);
        AddTexts(command, orders, order => order.State.TraceParent);
        Add(command, orders, order => order.Entry.EventId);
        AddTexts(command, orders, order => TimelineText.TraceId(order.Entry.TraceParent));
        Add(command, orders, order => order.Entry.Payload);
    }

    private static void AddLines(NpgsqlCommand command, List<NewOrder> orders, Known known)
    {
        var lines = orders
            .SelectMany(
                order => order.State.Lines.Select((line, i) => (order.State.Id, Position: (short)(i + 1), Line: line)),
                (_, line) => (line.Id, line.Position, line.Line, Fruit: known.ForSale[line.Line.FruitId])
            )
            .ToList();
        Add(command, lines, line => line.Id);
        Add(command, lines, line => line.Position);
        Add(command, lines, line => line.Line.FruitId);
        Add(command, lines, line => line.Line.FarmId);
        Add(command, lines, line => line.Fruit.Name);
        Add(command, lines, line => line.Fruit.NameEn);
        Add(command, lines, line => line.Fruit.FarmName);
        Add(command, lines, line => line.Fruit.ImageUrl);
        Add(command, lines, line => line.Line.Quantity);
        Add(command, lines, line => line.Line.UnitPriceKrw);
    }

    private static void Add<T>(NpgsqlCommand command, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static void Add<TItem, T>(NpgsqlCommand command, List<TItem> items, Converter<TItem, T> value) =>
        Add(command, items.ConvertAll(value).ToArray());

    /// <summary>Texts that may be missing: their type cannot be seen from the values.</summary>
    private static void AddTexts<TItem>(NpgsqlCommand command, List<TItem> items, Converter<TItem, string?> value) =>
        command.Parameters.Add(
            new NpgsqlParameter
            {
                Value = items.ConvertAll(value).ToArray(),
                NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
            }
        );
}
