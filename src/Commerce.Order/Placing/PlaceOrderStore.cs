using System.Diagnostics;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Messaging;
using Commerce.Order.Fruits;
using Commerce.Order.Saga;
using Dapper;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>What a key was answered with first.</summary>
internal sealed record StoredAnswer(byte[] RequestHash, int Status, string Body, string Location);

/// <summary>What has to be known before an order can be placed. <paramref name="Now"/> is database time.</summary>
internal sealed record Known(
    DateTimeOffset Now,
    StoredAnswer? FirstAnswer,
    IReadOnlyDictionary<Guid, FruitCopy> ForSale
);

/// <summary>How writing an order ended.</summary>
internal enum Written
{
    Now,

    /// <summary>A request with the same key committed in between; its answer stands.</summary>
    ByAnother,

    /// <summary>A request with the same key is being written at this moment.</summary>
    InFlight,
}

/// <summary>
/// The hot path of the shop in four round trips: read, write, append to the outbox, commit. All or nothing, the answer under
/// the idempotency key included, so that a crash at any point leaves either an order that can be asked for again or nothing.
/// </summary>
internal sealed class PlaceOrderStore(IOutbox outbox, OrderDecider decider, OrderOptions options)
{
    /// <summary>The database's time, the first answer under this key (if within 24 h) and the fruits that are for sale.</summary>
    public static async Task<Known> ReadAsync(
        NpgsqlConnection connection,
        Guid accountId,
        string key,
        IEnumerable<Guid> fruitIds,
        CancellationToken cancellationToken
    )
    {
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select clock_timestamp();
                select request_hash, status, body, location from idempotency_keys
                where account_id = @accountId and key = @key and created_at >= clock_timestamp() - interval '24 hours';
                select {FruitCopies.Columns} from fruit_copies where fruit_id = any(@fruitIds) and for_sale
                """,
                new
                {
                    accountId,
                    key,
                    fruitIds = fruitIds.ToArray(),
                },
                cancellationToken: cancellationToken
            )
        );
        return new Known(
            await results.ReadSingleAsync<DateTimeOffset>(),
            await results.ReadSingleOrDefaultAsync<StoredAnswer>(),
            (await results.ReadAsync<FruitCopy>()).ToDictionary(fruit => fruit.FruitId)
        );
    }

    public OrderState NewOrder(Guid accountId, ValidOrder valid, Known known, long totalKrw, string paymentToken) =>
        new()
        {
            Id = Guid.CreateVersion7(),
            AccountId = accountId,
            Status = OrderStatus.Placed,
            TotalKrw = totalKrw,
            Lines =
            [
                .. valid.Boxes.Select(box => new OrderLine(
                    box.Key,
                    known.ForSale[box.Key].FarmId,
                    box.Value,
                    known.ForSale[box.Key].PriceKrw
                )),
            ],
            PaymentToken = paymentToken,
            PlacedAt = known.Now,
            ExpiresAt = known.Now + options.Expiry,
            NextCheckAt = decider.FirstCheck(known.Now, known.Now + options.Expiry),
            TraceParent = Activity.Current?.Id,
        };

    public async Task<Written> WriteAsync(
        NpgsqlConnection connection,
        string key,
        StoredAnswer answer,
        OrderState order,
        ValidOrder valid,
        Known known,
        CancellationToken cancellationToken
    )
    {
        var placed = new OutgoingEvent(order.Id, OrderDecider.Ask(order));
        var entry = OrderChanges.Own(placed, order.PlacedAt, order.TraceParent);
        var fruits = order.Lines.Select(line => known.ForSale[line.FruitId]).ToList();
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var (free, stored) = await connection.QuerySingleAsync<(bool Free, bool Stored)>(
            new CommandDefinition(
                WriteSql,
                new
                {
                    order.Id,
                    order.AccountId,
                    Status = order.Status.ToString(),
                    order.PaymentStatus,
                    order.TotalKrw,
                    order.PaymentToken,
                    valid.Address.Recipient,
                    valid.Address.Phone,
                    valid.Address.PostalCode,
                    valid.Address.Line1,
                    valid.Address.Line2,
                    order.PlacedAt,
                    order.ExpiresAt,
                    order.NextCheckAt,
                    order.TraceParent,
                    key,
                    answer.RequestHash,
                    AnswerStatus = answer.Status,
                    AnswerBody = answer.Body,
                    AnswerLocation = answer.Location,
                    FruitIds = order.Lines.Select(line => line.FruitId).ToArray(),
                    FarmIds = order.Lines.Select(line => line.FarmId).ToArray(),
                    Names = fruits.Select(fruit => fruit.Name).ToArray(),
                    NamesEn = fruits.Select(fruit => fruit.NameEn).ToArray(),
                    FarmNames = fruits.Select(fruit => fruit.FarmName).ToArray(),
                    Images = fruits.Select(fruit => fruit.ImageUrl).ToArray(),
                    Quantities = order.Lines.Select(line => line.Quantity).ToArray(),
                    Prices = order.Lines.Select(line => line.UnitPriceKrw).ToArray(),
                    entry.EventId,
                    entry.Event,
                    entry.Source,
                    TraceId = TimelineText.TraceId(entry.TraceParent),
                    entry.Payload,
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (!stored)
        {
            return free ? Written.ByAnother : Written.InFlight;
        }

        await outbox.AppendAsync(transaction, [placed], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return Written.Now;
    }

    // The lock tells "being written right now" from "written": waiting on the key's index would hide the difference.
    // It goes with the transaction, so a crash leaves no key behind that is in flight for ever. A key older than 24 h is
    // taken over. Everything after hangs on the key's row.
    private const string WriteSql = """
        with lock as materialized (
            select pg_try_advisory_xact_lock(hashtextextended(@AccountId::text || @key, 0)) as free
        ), key as (
            insert into idempotency_keys as k (account_id, key, request_hash, status, body, location, created_at)
            select @AccountId, @key, @RequestHash, @AnswerStatus, @AnswerBody, @AnswerLocation, @PlacedAt
            from lock where free
            on conflict (account_id, key) do update
            set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body,
                location = excluded.location, created_at = excluded.created_at
            where k.created_at < excluded.created_at - interval '24 hours'
            returning 1
        ), new_order as (
            insert into orders (id, account_id, status, payment_status, total_krw, payment_token,
                recipient, phone, postal_code, line1, line2, placed_at, expires_at, next_check_at, trace_parent)
            select @Id, @AccountId, @Status, @PaymentStatus, @TotalKrw, @PaymentToken,
                @Recipient, @Phone, @PostalCode, @Line1, @Line2, @PlacedAt, @ExpiresAt, @NextCheckAt, @TraceParent
            from key
        ), new_lines as (
            insert into order_lines (order_id, position, fruit_id, farm_id, name, name_en, farm_name, image_url,
                quantity, unit_price_krw)
            select @Id, n, fruit_id, farm_id, name, name_en, farm_name, image_url, quantity, price
            from key, unnest(@FruitIds, @FarmIds, @Names, @NamesEn, @FarmNames, @Images, @Quantities, @Prices)
                with ordinality as l (fruit_id, farm_id, name, name_en, farm_name, image_url, quantity, price, n)
        ), first_entry as (
            insert into timeline (event_id, order_id, at, event, source, trace_id, payload)
            select @EventId, @Id, @PlacedAt, @Event, @Source, @TraceId, @Payload::jsonb from key
        )
        select free, exists (select from key) as stored from lock
        """;
}
