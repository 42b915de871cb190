using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Events;
using Dapper;

namespace Commerce.Catalog.Tests.Reserving;

[Collection(CatalogCollection.Name)]
public sealed class ReservationFlowTests(CatalogFixture catalog)
{
    private readonly Guid _order = Guid.CreateVersion7();

    [Fact]
    public async Task A_hundred_orders_for_ten_boxes_reserve_exactly_ten()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 10);
        var orders = Enumerable.Range(0, 100).Select(_ => Guid.CreateVersion7()).ToList();
        await Task.WhenAll(orders.Select(order => catalog.PlaceAsync(order, CatalogFixture.Line(fruit, 1))));

        await Eventually.True(() =>
            orders.TrueForAll(o =>
                catalog.Events.Of<StockReserved>(o).Count + catalog.Events.Of<StockRejected>(o).Count > 0
            )
        );
        orders.Count(order => catalog.Events.Of<StockReserved>(order).Count == 1).ShouldBe(10);
        orders
            .SelectMany(order => catalog.Events.Of<StockRejected>(order))
            .ShouldAllBe(rejected => rejected.Reason == OrderReasons.OutOfStock && rejected.FruitId == fruit);
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(0);
        await catalog.HistoryShouldSumUpAsync();
    }

    [Fact]
    public async Task Cancelling_brings_the_boxes_back_and_says_so()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 3));
        await catalog.Events.WaitForAsync<StockReserved>(_order);
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(2);

        await catalog.CancelAsync(_order);
        await catalog.Events.WaitForAsync<StockReleased>(_order);
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(5);
        await catalog.HistoryShouldSumUpAsync();
    }

    [Fact]
    public async Task A_confirmed_order_that_is_cancelled_twice_gives_back_once()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 3));
        await catalog.ConfirmAsync(_order, CatalogFixture.Line(fruit, 3));
        await catalog.StatusBecomesAsync(_order, "confirmed");
        await catalog.CancelAsync(_order);
        await catalog.CancelAsync(_order);
        await HandledAsync(_order);

        catalog.Events.Of<StockReleased>(_order).Count.ShouldBe(1);
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(5);
    }

    [Fact]
    public async Task An_order_that_is_placed_again_gets_the_same_answer_and_holds_once()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 2));
        var first = await catalog.Events.WaitForAsync<StockReserved>(_order);
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 2));

        await Eventually.True(() => catalog.Events.Of<StockReserved>(_order).Count == 2);
        // Kafka's copy has the microseconds that PostgreSQL kept.
        catalog
            .Events.Of<StockReserved>(_order)[1]
            .ReservedAt.ShouldBe(first.ReservedAt, TimeSpan.FromMilliseconds(1));
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(3);
    }

    [Fact]
    public async Task The_same_event_delivered_twice_is_handled_once()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        var placed = new OrderPlaced(
            _order,
            DemoAccounts.ShopperId,
            [CatalogFixture.Line(fruit, 2)],
            60_000,
            "tok_000000000000000000000000",
            DateTimeOffset.UtcNow,
            DateTimeOffset.UtcNow
        );
        var id = await catalog.Events.PublishAsync(Topics.Order, _order, placed);
        await catalog.Events.PublishAsync(Topics.Order, _order, placed, id);
        await HandledAsync(_order);

        catalog.Events.Of<StockReserved>(_order).Count.ShouldBe(1);
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(3);
    }

    [Fact]
    public async Task An_order_that_was_cancelled_before_it_arrived_takes_nothing()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        await catalog.CancelAsync(_order);
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 2));
        await HandledAsync(_order);

        catalog.Events.Of<StockReserved>(_order).ShouldBeEmpty();
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(5);
        (await catalog.StatusAsync(_order)).ShouldBe("released");
    }

    [Fact]
    public async Task One_line_without_stock_rejects_the_whole_order()
    {
        var (plenty, scarce) = (await catalog.NewFruitAsync(boxes: 9), await catalog.NewFruitAsync(boxes: 1));
        await catalog.PlaceAsync(_order, CatalogFixture.Line(plenty, 2), CatalogFixture.Line(scarce, 2));

        var rejected = await catalog.Events.WaitForAsync<StockRejected>(_order);
        rejected.ShouldBe(new StockRejected(_order, OrderReasons.OutOfStock, scarce));
        (await catalog.FruitAsync(plenty)).Available.ShouldBe(9);
    }

    [Fact]
    public async Task A_price_that_changed_since_rejects_the_order()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        var dearer = CatalogFixture.Draft(price: 31_000);
        (await catalog.Farmer.PutAsJsonAsync($"/fruits/{fruit}", dearer)).EnsureSuccessStatusCode();
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 1, price: 30_000));

        var rejected = await catalog.Events.WaitForAsync<StockRejected>(_order);
        rejected.Reason.ShouldBe(OrderReasons.PriceChanged);
        (await catalog.FruitAsync(fruit)).Available.ShouldBe(5);
    }

    [Fact]
    public async Task A_withdrawn_fruit_rejects_the_order()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        var withdrawn = CatalogFixture.Draft() with { ForSale = false };
        (await catalog.Farmer.PutAsJsonAsync($"/fruits/{fruit}", withdrawn)).EnsureSuccessStatusCode();
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 1));

        (await catalog.Events.WaitForAsync<StockRejected>(_order)).Reason.ShouldBe(OrderReasons.NotForSale);
    }

    [Fact]
    public async Task The_answer_goes_on_under_the_orders_trace()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 5);
        var trace = "4bf92f3577b34da6a3ce929d0e0e4736";
        await catalog.Events.PublishAsync(
            Topics.Order,
            _order,
            new OrderPlaced(
                _order,
                DemoAccounts.ShopperId,
                [CatalogFixture.Line(fruit, 1)],
                30_000,
                "tok_x",
                default,
                default
            ),
            traceParent: $"00-{trace}-00f067aa0ba902b7-01"
        );
        await catalog.Events.WaitForAsync<StockReserved>(_order);

        var answer = catalog.Events.Seen.Single(e =>
            e.Subject == _order && e.Type == EventTypes.Names[typeof(StockReserved)]
        );
        answer.Headers["traceparent"].ShouldContain(trace);
        answer.Key.ShouldBe(_order.ToString());
    }

    [Fact]
    public async Task What_sold_most_leads_the_best_sellers()
    {
        var fruit = await catalog.NewFruitAsync(boxes: 500);
        await catalog.PlaceAsync(_order, CatalogFixture.Line(fruit, 400));
        await catalog.ConfirmAsync(_order, CatalogFixture.Line(fruit, 400));

        await Eventually.Holds(async () =>
        {
            var best = await catalog.GetAsync<IReadOnlyList<Contracts.Api.Fruit>>("/fruits/bestsellers?count=5");
            best.Count.ShouldBe(5);
            best[0].Id.ShouldBe(fruit);
        });

        // Cancelled after it was paid: refunded, and not a best seller.
        await catalog.CancelAsync(_order);
        await Eventually.Holds(async () =>
        {
            var best = await catalog.GetAsync<IReadOnlyList<Contracts.Api.Fruit>>("/fruits/bestsellers?count=5");
            best[0].Id.ShouldNotBe(fruit);
        });
    }

    /// <summary>Everything published about the order so far has been handled: a last order of the same key has its answer.</summary>
    private async Task HandledAsync(Guid order)
    {
        // With no lines it changes nothing.
        var marker = await catalog.Events.PublishAsync(
            Topics.Order,
            order,
            new OrderDelivered(order, DemoAccounts.ShopperId, [])
        );
        await Eventually.True(async () =>
        {
            await using var connection = await catalog.Database.OpenConnectionAsync();
            return await connection.ExecuteScalarAsync<bool>(
                "select exists (select from inbox where consumer = 'catalog' and event_id = @marker)",
                new { marker }
            );
        });
        // What its transaction wrote to the outbox is on the topic once a later event of the service is seen.
        var last = await catalog.NewFruitAsync();
        await catalog.Events.WaitForAsync<FruitListed>(last);
    }
}
