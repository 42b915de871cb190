using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Data.Batches;
using Commerce.Order.AfterCommit;
using Commerce.Order.Fruits;
using Commerce.Order.Orders;
using Dapper;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>
/// The hot path of the shop, for any number of orders in three round trips: read, claim the idempotency keys, write and commit. An order
/// is written whole, the answer under its idempotency key included, or not at all: a crash at any point leaves either an order
/// that can be asked for again or nothing.
/// </summary>
internal sealed class PlaceOrderStore(OrderDecider decider, OrderStore orders, OrderFollowUp followUp)
{
    /// <summary>What became of each request, in the same order.</summary>
    public async Task<IReadOnlyList<PlaceOrderResult>> PlaceAsync(
        NpgsqlConnection connection,
        IReadOnlyList<OrderRequest> requests
    )
    {
        var placed = new PlaceOrderResult?[requests.Count];
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
    private async Task<IReadOnlyList<PlaceOrderResult?>> PlaceOnceAsync(
        NpgsqlConnection connection,
        List<OrderRequest> requests
    )
    {
        var context = await ReadAsync(connection, requests);
        var outcomes = new PlaceOrderResult?[requests.Count];
        var placements = new List<(int Index, Placement Placement)>();
        for (var i = 0; i < requests.Count; i++)
        {
            var request = requests[i];
            if (context.Answers.GetValueOrDefault((request.AccountId, request.Key)) is { } first)
            {
                outcomes[i] = new PlaceOrderResult.Replayed(first);
                continue;
            }

            (var totalKrw, outcomes[i]) = OrderPricing.Check(request, context.ForSale);
            if (outcomes[i] is null)
            {
                placements.Add((i, Decide(request, context, totalKrw)));
            }
        }

        if (placements.Count > 0)
        {
            var written = await WriteAsync(connection, placements.ConvertAll(p => p.Placement), context.Now);
            foreach (var (i, placement) in placements)
            {
                var (free, stored) = written[placement.Order.Id];
                outcomes[i] =
                    stored ? new PlaceOrderResult.Created(placement.Claim.Answer)
                    : free ? null
                    : new PlaceOrderResult.InFlight();
            }
        }

        return outcomes;
    }

    /// <summary>The database's time, the first answers under these keys (if within 24 h) and the fruits that are for sale.</summary>
    private static async Task<PlacementContext> ReadAsync(NpgsqlConnection connection, List<OrderRequest> requests)
    {
        await using var results = await connection.QueryMultipleAsync(
            $"""
            select clock_timestamp();
            select account_id, key, request_hash, status, body, location
            from unnest(@accounts, @keys) wanted (account_id, key) join idempotency_keys k using (account_id, key)
            where k.created_at >= clock_timestamp() - interval '24 hours';
            select {FruitReadModel.Columns} from fruit_copies where fruit_id = any(@fruitIds) and for_sale
            """,
            new
            {
                accounts = requests.Select(r => r.AccountId).ToArray(),
                keys = requests.Select(r => r.Key).ToArray(),
                fruitIds = requests.SelectMany(r => r.Boxes.Keys).Distinct().ToArray(),
            }
        );
        return new PlacementContext(
            await results.ReadSingleAsync<DateTimeOffset>(),
            (await results.ReadAsync<KeyRow>()).ToDictionary(
                row => (row.AccountId, row.Key),
                row => new StoredAnswer(row.RequestHash, row.Status, row.Body, row.Location)
            ),
            (await results.ReadAsync<FruitCopy>()).ToDictionary(fruit => fruit.FruitId)
        );
    }

    private Placement Decide(OrderRequest request, PlacementContext context, long totalKrw)
    {
        var order = new NewOrder(
            Guid.CreateVersion7(),
            request.AccountId,
            [.. request.Boxes.Select(box => context.ForSale[box.Key].ToLine(box.Value))],
            totalKrw,
            request.Address,
            request.Body.PaymentToken,
            request.TraceParent
        );
        var decision = decider.Start(order, context.Now);
        var answer = new StoredAnswer(
            request.Hash,
            StatusCodes.Status202Accepted,
            JsonSerializer.Serialize(
                new OrderAccepted(order.Id, decision.Order.Status, totalKrw),
                ContractsJson.Default.OrderAccepted
            ),
            $"/orders/{order.Id}"
        );
        return new(order, decision, new(order.Id, request.AccountId, request.Key, answer));
    }

    /// <summary>By order: whether its key was free to be written, and whether it was.</summary>
    private async Task<Dictionary<Guid, (bool Free, bool Stored)>> WriteAsync(
        NpgsqlConnection connection,
        List<Placement> placements,
        DateTimeOffset now
    )
    {
        await using var transaction = await connection.BeginTransactionAsync();
        var claimed = await IdempotencyStore.ClaimAsync(transaction, placements.ConvertAll(p => p.Claim), now);
        var changes = orders.Begin(now);
        foreach (var placement in placements.FindAll(p => claimed[p.Order.Id].Stored))
        {
            changes.Start(placement.Order, placement.Decision);
        }

        await using var writes = new NpgsqlBatch(connection, transaction);
        orders.Save(writes, changes);
        await writes.CommitAsync(CancellationToken.None);
        followUp.Committed(changes);
        return claimed;
    }

    /// <summary>An order that begins if its key is free.</summary>
    private sealed record Placement(NewOrder Order, Decision Decision, IdempotencyStore.Claim Claim);

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
internal sealed record PlacementContext(
    DateTimeOffset Now,
    IReadOnlyDictionary<(Guid AccountId, string Key), StoredAnswer> Answers,
    IReadOnlyDictionary<Guid, FruitCopy> ForSale
);
