using System.Net;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Dapper;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Placing;

[Collection(OrderCollection.Name)]
public sealed class IdempotencyTests(OrderFixture fixture)
{
    private readonly Guid _account = Guid.CreateVersion7();
    private readonly string _key = Guid.NewGuid().ToString();

    [Fact]
    public async Task The_same_key_and_body_get_the_first_answer_again()
    {
        var (shopper, order) = await ReadyAsync();
        using var first = await PostAsync(shopper, order, _key);
        var accepted = await first.ReadAsync<OrderAccepted>();
        await fixture.ReserveAsync(accepted.OrderId);
        await WaitForAsync(shopper, accepted.OrderId, OrderStatus.StockReserved);

        using var again = await PostAsync(shopper, order, _key);

        again.StatusCode.ShouldBe(first.StatusCode);
        again.Headers.Location.ShouldBe(first.Headers.Location);
        again.Content.Headers.ContentType.ShouldBe(first.Content.Headers.ContentType);
        (await again.Content.ReadAsStringAsync()).ShouldBe(await first.Content.ReadAsStringAsync());
        (await OrdersAsync(shopper)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task A_body_that_is_only_written_differently_is_the_same()
    {
        var (shopper, order) = await ReadyAsync();
        using var first = await PostAsync(shopper, order, _key);
        var spaced = JsonSerializer
            .Serialize(order, ContractsJson.Default.PlaceOrderRequest)
            .Replace("\":", "\" :\n  ", StringComparison.Ordinal);

        using var again = await PostAsync(shopper, spaced, [_key]);

        (await again.ReadAsync<OrderAccepted>()).ShouldBe(await first.ReadAsync<OrderAccepted>());
    }

    [Fact]
    public async Task The_same_key_with_another_body_is_refused()
    {
        var (shopper, order) = await ReadyAsync();
        using var first = await PostAsync(shopper, order, _key);

        using var other = await PostAsync(shopper, order with { PaymentToken = Token() }, _key);

        await other.ShouldBeProblemAsync(HttpStatusCode.UnprocessableEntity);
        (await OrdersAsync(shopper)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task A_key_belongs_to_one_account()
    {
        var (shopper, order) = await ReadyAsync();
        using var mine = await PostAsync(shopper, order, _key);
        using var neighbour = fixture.Shopper(Guid.CreateVersion7());

        using var theirs = await PostAsync(neighbour, order, _key);

        (await theirs.ReadAsync<OrderAccepted>()).OrderId.ShouldNotBe((await mine.ReadAsync<OrderAccepted>()).OrderId);
    }

    [Theory]
    [InlineData]
    [InlineData("")]
    [InlineData("with blank")]
    [InlineData("one", "two")]
    public async Task A_key_must_be_given_once_and_be_plain(params string[] keys)
    {
        var (shopper, order) = await ReadyAsync();

        using var response = await PostAsync(
            shopper,
            JsonSerializer.Serialize(order, ContractsJson.Default.PlaceOrderRequest),
            keys
        );

        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "Idempotency-Key");
        (await fixture.RowsOfAsync(_account)).ShouldBe(0);
    }

    [Theory]
    [InlineData(200, HttpStatusCode.Accepted)]
    [InlineData(201, HttpStatusCode.BadRequest)]
    public async Task A_key_has_at_most_200_characters(int length, HttpStatusCode status)
    {
        var (shopper, order) = await ReadyAsync();

        using var response = await PostAsync(shopper, order, new string('k', length));

        await response.ShouldBeAsync(status);
    }

    [Fact]
    public async Task A_failure_does_not_use_up_the_key()
    {
        var (shopper, order) = await ReadyAsync();
        using var failed = await PostAsync(shopper, order with { ExpectedTotalKrw = 1 }, _key);
        await failed.ShouldBeProblemAsync(HttpStatusCode.Conflict);

        using var mended = await PostAsync(shopper, order, _key);

        await mended.ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task While_the_first_request_is_in_flight_the_second_is_told_so()
    {
        var (shopper, order) = await ReadyAsync();
        await using var connection = await fixture.Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync(
            "select pg_advisory_xact_lock(hashtextextended(@_account::text || @_key, 0))",
            new { _account, _key },
            transaction
        );

        using var response = await PostAsync(shopper, order, _key);

        await response.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        response.Headers.RetryAfter.ShouldNotBeNull();
        await transaction.RollbackAsync();
        using var later = await PostAsync(shopper, order, _key);
        await later.ShouldBeAsync(HttpStatusCode.Accepted);
    }

    [Fact]
    public async Task Many_at_once_place_one_order()
    {
        var (shopper, order) = await ReadyAsync();

        var responses = await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => PostAsync(shopper, order, _key)));

        var accepted = new HashSet<Guid>();
        foreach (var response in responses)
        {
            response.StatusCode.ShouldBeOneOf(HttpStatusCode.Accepted, HttpStatusCode.Conflict);
            if (response.StatusCode is HttpStatusCode.Accepted)
            {
                accepted.Add((await response.ReadAsync<OrderAccepted>()).OrderId);
            }

            response.Dispose();
        }

        accepted.Count.ShouldBe(1);
        (await OrdersAsync(shopper)).Total.ShouldBe(1);
    }

    [Fact]
    public async Task A_key_is_free_again_after_24_hours()
    {
        var (shopper, order) = await ReadyAsync();
        using var first = await PostAsync(shopper, order, _key);
        await fixture.ExecuteAsync(
            "update idempotency_keys set created_at = now() - interval '24 hours 1 second' where account_id = @_account",
            new { _account }
        );

        using var next = await PostAsync(shopper, order with { PaymentToken = Token() }, _key);

        await next.ShouldBeAsync(HttpStatusCode.Accepted);
        (await next.ReadAsync<OrderAccepted>()).OrderId.ShouldNotBe((await first.ReadAsync<OrderAccepted>()).OrderId);
    }

    private async Task<(HttpClient Shopper, PlaceOrderRequest Order)> ReadyAsync()
    {
        var fruit = await fixture.ListAsync(Fruit());
        return (fixture.Shopper(_account), OrderOf((fruit.FruitId, 1)));
    }

    private static Task<Paged<OrderSummary>> OrdersAsync(HttpClient shopper) =>
        GetAsync<Paged<OrderSummary>>(shopper, "/orders");
}
