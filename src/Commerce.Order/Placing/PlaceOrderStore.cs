using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Messaging;
using Commerce.Order.Fruits;
using Commerce.Order.Saga;
using Dapper;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>
/// The hot path of the shop, for any number of orders in three round trips: read, write, append to the outbox and commit. An order
/// is written whole, the answer under its idempotency key included, or not at all: a crash at any point leaves either an order
/// that can be asked for again or nothing.
/// </summary>
internal sealed class PlaceOrderStore(IOutbox outbox, OrderDecider decider, OrderOptions options)
{
    /// <summary>What became of each request, in the same order.</summary>
    public async Task<IReadOnlyList<Placed>> PlaceAsync(
        NpgsqlConnection connection,
        IReadOnlyList<OrderRequest> requests
    )
    {
        var placed = new Placed?[requests.Count];
        var open = Enumerable.Range(0, requests.Count).ToList();
        while (open.Count > 0)
        {
            // A key that comes twice is written once; the second time it is known. So is one that another process has just
            // written, between our reading and our writing.
            var round = open.DistinctBy(i => (requests[i].AccountId, requests[i].Key)).ToList();
            var outcomes = await PlaceOnceAsync(connection, round.ConvertAll(i => requests[i]));
            foreach (var (i, outcome) in round.Zip(outcomes))
            {
                placed[i] = outcome;
            }

            open.RemoveAll(i => placed[i] is not null);
        }

        return placed!;
    }

    /// <summary>Null where the request has to be looked at again.</summary>
    private async Task<IReadOnlyList<Placed?>> PlaceOnceAsync(NpgsqlConnection connection, List<OrderRequest> requests)
    {
        var known = await ReadAsync(connection, requests);
        var outcomes = new Placed?[requests.Count];
        var orders = new List<(int Index, NewOrder Order)>();
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            if (known.Answers.GetValueOrDefault((request.AccountId, request.Key)) is { } first)
            {
                outcomes[i] = new Placed.Before(first);
                continue;
            }

            (var totalKrw, outcomes[i]) = Placement.Check(request, known.ForSale);
            if (outcomes[i] is null)
            {
                orders.Add((i, NewOrderOf(request, known, totalKrw)));
            }
        }

        if (orders.Count > 0)
        {
            var written = await WriteAsync(connection, orders.ConvertAll(o => o.Order), known);
            foreach (var (i, order) in orders)
            {
                var (free, stored) = written[order.State.Id];
                outcomes[i] =
                    stored ? new Placed.Now(order.State.Id, order.Answer)
                    : free ? null
                    : new Placed.InFlight();
            }
        }

        return outcomes;
    }

    /// <summary>The database's time, the first answers under these keys (if within 24 h) and the fruits that are for sale.</summary>
    private static async Task<Known> ReadAsync(NpgsqlConnection connection, List<OrderRequest> requests)
    {
        await using var results = await connection.QueryMultipleAsync(
            $"""
            select clock_timestamp();
            select account_id, key, request_hash, status, body, location
            from unnest(@accounts, @keys) wanted (account_id, key) join idempotency_keys k using (account_id, key)
            where k.created_at >= clock_timestamp() - interval '24 hours';
            select {FruitCopies.Columns} from fruit_copies where fruit_id = any(@fruitIds) and for_sale
            """,
            new
            {
                accounts = requests.Select(r => r.AccountId).ToArray(),
                keys = requests.Select(r => r.Key).ToArray(),
                fruitIds = requests.SelectMany(r => r.Valid.Boxes.Keys).Distinct().ToArray(),
            }
        );
        return new Known(
            await results.ReadSingleAsync<DateTimeOffset>(),
            (await results.ReadAsync<KeyRow>()).ToDictionary(
                row => (row.AccountId, row.Key),
                row => new StoredAnswer(row.RequestHash, row.Status, row.Body, row.Location)
            ),
            (await results.ReadAsync<FruitCopy>()).ToDictionary(fruit => fruit.FruitId)
        );
    }

    private NewOrder NewOrderOf(OrderRequest request, Known known, long totalKrw)
    {
        var state = new OrderState
        {
            Id = Guid.CreateVersion7(),
            AccountId = request.AccountId,
            Status = OrderStatus.Placed,
            TotalKrw = totalKrw,
            Lines =
            [
                .. request.Valid.Boxes.Select(box => new OrderLine(
                    box.Key,
                    known.ForSale[box.Key].FarmId,
                    box.Value,
                    known.ForSale[box.Key].PriceKrw
                )),
            ],
            PaymentToken = request.Body.PaymentToken,
            PlacedAt = known.Now,
            ExpiresAt = known.Now + options.Expiry,
            NextCheckAt = decider.FirstCheck(known.Now, known.Now + options.Expiry),
            TraceParent = request.TraceParent,
        };
        var answer = new StoredAnswer(
            request.Hash,
            StatusCodes.Status202Accepted,
            JsonSerializer.Serialize(
                new OrderAccepted(state.Id, state.Status, totalKrw),
                ContractsJson.Default.OrderAccepted
            ),
            $"/orders/{state.Id}"
        );
        var placed = new OutgoingEvent(state.Id, OrderDecider.Ask(state)) { TraceParent = request.TraceParent };
        return new NewOrder(
            state,
            request,
            answer,
            placed,
            OrderChanges.Own(placed, state.PlacedAt, request.TraceParent)
        );
    }

    /// <summary>By order: whether its key was free to be written, and whether it was.</summary>
    private async Task<Dictionary<Guid, (bool Free, bool Stored)>> WriteAsync(
        NpgsqlConnection connection,
        List<NewOrder> orders,
        Known known
    )
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var written = await InsertOrders.ExecuteAsync(transaction, orders, known);
        var events = orders.FindAll(order => written[order.State.Id].Stored).ConvertAll(order => order.Placed);
        await using var writes = new NpgsqlBatch(connection, transaction);
        outbox.Append(writes, events);
        await writes.CommitAsync(CancellationToken.None);
        return written;
    }

    private sealed record KeyRow(
        Guid AccountId,
        string Key,
        byte[] RequestHash,
        int Status,
        string Body,
        string Location
    );
}

/// <summary>What has to be known before orders can be placed. <paramref name="Now"/> is database time.</summary>
internal sealed record Known(
    DateTimeOffset Now,
    IReadOnlyDictionary<(Guid AccountId, string Key), StoredAnswer> Answers,
    IReadOnlyDictionary<Guid, FruitCopy> ForSale
);

/// <summary>An order that is about to be written, and all that is written with it.</summary>
internal sealed record NewOrder(
    OrderState State,
    OrderRequest Request,
    StoredAnswer Answer,
    OutgoingEvent Placed,
    TimelineRow Entry
);
