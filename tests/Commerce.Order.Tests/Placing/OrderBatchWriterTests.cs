using System.Net;
using Commerce.Contracts.Api;
using Dapper;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Placing;

/// <summary>Orders that come together are written together; what is wrong with one is no other's affair.</summary>
[Collection(OrderCollection.Name)]
public sealed class OrderBatchWriterTests(OrderFixture fixture)
{
    private readonly Guid _account = Guid.CreateVersion7();

    [Fact]
    public async Task In_a_wave_of_orders_each_gets_its_own_answer()
    {
        var fruit = await fixture.ListAsync(Fruit());
        var (shopper, good) = (fixture.Shopper(_account), OrderOf((fruit.FruitId, 1)));
        var twice = Guid.NewGuid().ToString();

        var answers = await TogetherAsync(() =>
            [
                .. Enumerable.Range(0, 30).Select(_ => PostAsync(shopper, good)),
                PostAsync(shopper, good, twice),
                PostAsync(shopper, good, twice),
                PostAsync(shopper, good with { ExpectedTotalKrw = 1 }),
                PostAsync(shopper, OrderOf((Guid.CreateVersion7(), 1))),
            ]
        );

        var ids = new List<Guid>();
        foreach (var answer in answers[..31])
        {
            await answer.ShouldBeAsync(HttpStatusCode.Accepted);
            ids.Add((await answer.ReadAsync<OrderAccepted>()).OrderId);
        }

        ids.Distinct().Count().ShouldBe(31);
        // The second of a double click may meet the first on its way; if it is answered, then with the same order.
        answers[31].StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.Conflict);
        if (answers[31].StatusCode is HttpStatusCode.Accepted)
        {
            ids.ShouldContain((await answers[31].ReadAsync<OrderAccepted>()).OrderId);
        }

        await answers[32].ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await answers[33].ShouldBeProblemAsync(HttpStatusCode.BadRequest, "items[0].fruitId");
        (await GetAsync<Paged<OrderSummary>>(shopper, "/orders")).Total.ShouldBe(31);
    }

    [Fact]
    public async Task An_order_that_the_database_refuses_spoils_no_other()
    {
        var fruit = await fixture.ListAsync(Fruit());
        var (shopper, good) = (fixture.Shopper(_account), OrderOf((fruit.FruitId, 1)));
        var bad = good with { Address = good.Address with { Recipient = "독사과" } };
        await fixture.ExecuteAsync(
            "alter table orders add constraint poison check (recipient <> '독사과') not valid",
            new { }
        );
        try
        {
            var answers = await TogetherAsync(() =>
                [
                    PostAsync(shopper, bad),
                    .. Enumerable.Range(0, 20).Select(_ => PostAsync(shopper, good)),
                    PostAsync(shopper, bad),
                ]
            );

            answers[0].StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            answers[^1].StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
            answers[1..^1].ShouldAllBe(answer => answer.StatusCode == HttpStatusCode.Accepted);
            (await GetAsync<Paged<OrderSummary>>(shopper, "/orders")).Total.ShouldBe(20);
        }
        finally
        {
            await fixture.ExecuteAsync("alter table orders drop constraint poison", new { });
        }
    }

    /// <summary>Sends them while nobody can read prices, so that they wait and are taken together.</summary>
    private async Task<HttpResponseMessage[]> TogetherAsync(Func<Task<HttpResponseMessage>[]> send)
    {
        await using var connection = await fixture.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("lock table fruit_copies in access exclusive mode", transaction: transaction);
        var requests = send();
        await Eventually.True(async () =>
            await connection.ExecuteScalarAsync<bool>(
                "select exists (select from pg_locks where relation = 'fruit_copies'::regclass and not granted)",
                transaction: transaction
            )
        );
        await transaction.RollbackAsync();
        return await Task.WhenAll(requests);
    }
}
