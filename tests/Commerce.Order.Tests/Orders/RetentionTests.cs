using Commerce.Contracts.Api;
using Commerce.Data.Retention;
using Microsoft.Extensions.DependencyInjection;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Orders;

/// <summary>What an order leaves behind does not stay for ever; the order does.</summary>
[Collection(OrderCollection.Name)]
public sealed class RetentionTests(OrderFixture fixture) : IAsyncLifetime
{
    private readonly Guid _account = Guid.CreateVersion7();

    public Task InitializeAsync() => Task.CompletedTask;

    /// <summary>Old orders would stand in the lists of other tests.</summary>
    public Task DisposeAsync() =>
        fixture.ExecuteAsync(
            """
            delete from timeline where order_id in (select id from orders where account_id = @_account);
            delete from orders where account_id = @_account;
            delete from idempotency_keys where account_id = @_account
            """,
            new { _account }
        );

    [Fact]
    public async Task A_timeline_goes_long_after_its_order_ended_and_the_order_stays()
    {
        var ended = await OrderAsync("Delivered", placedDaysAgo: 405, lastDaysAgo: 401);
        var refunded = await OrderAsync("Delivered", placedDaysAgo: 500, lastDaysAgo: 10);
        var young = await OrderAsync("Delivered", placedDaysAgo: 402, lastDaysAgo: 399);
        var open = await OrderAsync("Confirmed", placedDaysAgo: 500, lastDaysAgo: 499);
        var owed = await OrderAsync("Cancelled", placedDaysAgo: 500, lastDaysAgo: 499, isOwed: true);

        await TrimAsync("timeline", 100);

        using var shopper = fixture.Shopper(_account);
        var order = await GetAsync(shopper, ended);
        order.Timeline.ShouldBeEmpty();
        order.Status.ShouldBe(OrderStatus.Delivered);
        order.Payment.ShouldBe(new OrderPayment("captured"));
        foreach (var id in new[] { refunded, young, open, owed })
        {
            (await GetAsync(shopper, id)).Timeline.Count.ShouldBe(4);
        }
    }

    [Fact]
    public async Task Timelines_go_in_batches_each_as_a_whole()
    {
        for (var n = 0; n < 10; n++)
        {
            await OrderAsync("Cancelled", placedDaysAgo: 500, lastDaysAgo: 450);
        }

        var batches = await TrimAsync("timeline", 10);

        // Ten entries are two and a half timelines.
        batches.ShouldBe([12, 12, 12, 4]);
    }

    [Fact]
    public async Task Idempotency_keys_go_after_24_hours_in_batches()
    {
        await fixture.ExecuteAsync(
            """
            insert into idempotency_keys (account_id, key, request_hash, status, body, location, created_at)
            select @_account, n::text, '', 202, '', '', now() - case when n <= 25 then interval '25 hours' else interval '23 hours' end
            from generate_series(1, 28) n
            """,
            new { _account }
        );

        var batches = await TrimAsync("idempotency_keys", 10);

        batches.ShouldAllBe(count => count <= 10);
        batches.Sum().ShouldBeGreaterThanOrEqualTo(25);
        (await fixture.RowsOfAsync(_account)).ShouldBe(3);
    }

    private async Task<List<int>> TrimAsync(string table, int batchSize)
    {
        var batches = new List<int>();
        var trim = fixture.Service.Services.GetServices<IRetentionPolicy>().Single(t => t.Table == table);
        await foreach (var removed in trim.RunAsync(batchSize, CancellationToken.None))
        {
            batches.Add(removed);
        }

        return batches;
    }

    /// <summary>An order of long ago with four entries in its timeline.</summary>
    private async Task<Guid> OrderAsync(string status, int placedDaysAgo, int lastDaysAgo, bool isOwed = false)
    {
        var id = Guid.CreateVersion7(DateTimeOffset.UtcNow.AddDays(-placedDaysAgo));
        await fixture.ExecuteAsync(
            """
            insert into orders (id, account_id, status, payment_status, total_krw, recipient, phone, postal_code, line1,
              placed_at, expires_at, next_check_at)
            values (@id, @_account, @status, 'captured', 1000, '김하나', '010-1234-5678', '03045', '서울',
              now() - @placedDaysAgo * interval '1 day', now(), case when @isOwed then now() + interval '1 hour' end);
            insert into timeline (order_id, event, event_id, at, source)
            select @id, e.event, gen_random_uuid(), now() - e.days * interval '1 day', 'order'
            from (values ('order.placed', @placedDaysAgo), ('stock.reserved', @placedDaysAgo),
              ('payment.captured', @placedDaysAgo), ('order.ended', @lastDaysAgo)) e (event, days)
            """,
            new
            {
                id,
                _account,
                status,
                placedDaysAgo,
                lastDaysAgo,
                isOwed,
            }
        );
        return id;
    }
}
