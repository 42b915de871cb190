using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Contracts.Market;
using Commerce.Order.Ledger;
using Dapper;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Order.Tests.OrderFixture;

namespace Commerce.Order.Tests.Ledger;

/// <summary>What the market owes a farm.</summary>
[Collection(OrderCollection.Name)]
public sealed class SettlementTests(OrderFixture fixture)
{
    private readonly Guid _farm = Guid.CreateVersion7();
    private readonly DateOnly _month = Month(MarketDays.DayOf(DateTimeOffset.UtcNow));

    [Theory]
    [InlineData(0, 60, 0)]
    [InlineData(8, 60, 0)] // 0.48
    [InlineData(9, 60, 1)] // 0.54
    [InlineData(25, 60, 2)] // 1.50: half goes up
    [InlineData(39_900, 60, 2_394)]
    [InlineData(33_333, 55, 1_833)] // 1,833.315
    [InlineData(33_333, 0, 0)]
    [InlineData(33_333, 1000, 33_333)]
    public void A_fee_is_rounded_half_up_to_whole_won(long amount, int permille, long fee) =>
        SettlementLedger.Fee(amount, permille / 10m).ShouldBe(fee);

    [Fact]
    public void A_fee_is_never_more_than_half_a_won_off_nor_more_than_the_amount() =>
        Prop.ForAll(
                Gen.Choose(0, 100_000_000).Zip(Gen.Choose(0, 1000)).ToArbitrary(),
                drawn =>
                {
                    var (amount, percent) = (drawn.Item1, drawn.Item2 / 10m);
                    var fee = SettlementLedger.Fee(amount, percent);
                    fee.ShouldBeInRange(0, amount);
                    Math.Abs(fee - (amount * percent / 100)).ShouldBeLessThanOrEqualTo(0.5m);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithQuietOnSuccess(true));

    [Fact]
    public async Task A_sale_counts_when_it_is_delivered_and_only_the_own_lines()
    {
        var mine = await fixture.ListAsync(Fruit(_farm, priceKrw: 33_333));
        var theirs = await fixture.ListAsync(Fruit(priceKrw: 70_000));
        using var farmer = fixture.Farmer(_farm);
        var id = await ConfirmedAsync((mine.FruitId, 2), (theirs.FruitId, 1));

        var before = (await GetAsync<Settlements>(farmer, "/farm/settlements")).Months.ShouldHaveSingleItem();
        before.ShouldBe(new SettlementMonth(_month, 0, 0, 0, 0, 0, 0, Open: true));

        await fixture.ArriveAsync(id);
        var settled = await SettledAsync(farmer, sums => sums.Orders == 1);
        settled.Sums.ShouldBe(new SettlementMonth(_month, 1, 2, 66_666, 0, 4_000, 62_666, Open: true));
        var line = settled.Lines.Items.ShouldHaveSingleItem();
        (line.Kind, line.OrderId, line.FruitId, line.Quantity, line.AmountKrw, line.FeeKrw).ShouldBe(
            ("sale", id, mine.FruitId, 2, 66_666L, 4_000L)
        );
        (await GetAsync<Settlements>(farmer, "/farm/settlements")).FeePercent.ShouldBe(6.0m);
    }

    [Fact]
    public async Task A_refund_subtracts_in_the_month_in_which_the_money_went_back_and_returns_the_fee_of_the_sale()
    {
        var fruit = await fixture.ListAsync(Fruit(_farm, priceKrw: 33_333));
        using var farmer = fixture.Farmer(_farm);
        var id = await ConfirmedAsync((fruit.FruitId, 1));
        await fixture.ArriveAsync(id);
        await SettledAsync(farmer, sums => sums.Orders == 1);
        // Delivered a month ago, at another percentage.
        var lastMonth = _month.AddMonths(-1);
        await fixture.ExecuteAsync(
            "update settlement_entries set at = @at, fee_krw = 1000 where order_id = @id",
            new { id, at = MarketDays.StartOf(_month).AddSeconds(-1).ToUniversalTime() }
        );

        // Twice: a repeated event changes nothing.
        for (var i = 0; i < 2; i++)
        {
            var refund = new PaymentRefunded(id, Guid.CreateVersion7(), 33_333, DateTimeOffset.UtcNow);
            await fixture.Events.PublishAsync(Topics.Payment, id, refund);
        }

        var now = await SettledAsync(farmer, sums => sums.RefundedKrw > 0);
        now.Sums.ShouldBe(new SettlementMonth(_month, 0, -1, 0, 33_333, -1_000, -32_333, Open: true));
        now.Lines.Items.ShouldHaveSingleItem().Kind.ShouldBe("refund");
        var months = (await GetAsync<Settlements>(farmer, "/farm/settlements")).Months;
        months.Select(month => month.Month).ShouldBe([_month, lastMonth]);
        months[1].ShouldBe(new SettlementMonth(lastMonth, 1, 1, 33_333, 0, 1_000, 32_333, Open: false));
        months.Sum(month => month.PayableKrw).ShouldBe(0);
    }

    [Fact]
    public async Task A_cancelled_order_is_neither_sold_nor_refunded()
    {
        var fruit = await fixture.ListAsync(Fruit(_farm));
        var id = await ConfirmedAsync((fruit.FruitId, 1));
        using var admin = fixture.Admin();
        (await CancelAsync(admin, id, "/admin")).EnsureSuccessStatusCode();
        await fixture.Events.PublishAsync(
            Topics.Payment,
            id,
            new PaymentRefunded(id, Guid.CreateVersion7(), 18_000, DateTimeOffset.UtcNow)
        );
        await Eventually.True(async () =>
            (await GetAsync<Paged<AdminOrder>>(admin, $"/admin/orders?q={id}")).Items.Single().PaymentStatus
            == "refunded"
        );
        using var farmer = fixture.Farmer(_farm);

        (await MonthAsync(farmer)).Lines.Total.ShouldBe(0);
    }

    [Fact]
    public async Task The_sums_of_every_month_are_the_sums_of_its_lines()
    {
        var drawn = Gen.Choose(100, 200_000)
            .Zip(Gen.Choose(1, 99))
            .Zip(Gen.Choose(0, 40))
            .Sample(60)
            .Select(
                (entry, i) =>
                    (Price: (long)entry.Item1.Item1, Quantity: entry.Item1.Item2, Days: entry.Item2, Refund: i % 4 == 0)
            )
            .ToList();
        await StoreAsync(drawn);
        using var farmer = fixture.Farmer(_farm);

        var months = (await GetAsync<Settlements>(farmer, "/farm/settlements")).Months;
        foreach (var month in months)
        {
            var lines = new List<SettlementLine>();
            for (var page = 1; page == 1 || lines.Count == 30 * (page - 1); page++)
            {
                var path = $"/farm/settlements/{month.Month:yyyy-MM}?page={page}&pageSize=30";
                lines.AddRange((await GetAsync<Settlement>(farmer, path)).Lines.Items);
            }

            month.SoldKrw.ShouldBe(lines.Where(line => line.Kind == "sale").Sum(line => line.AmountKrw));
            month.RefundedKrw.ShouldBe(-lines.Where(line => line.Kind == "refund").Sum(line => line.AmountKrw));
            month.FeeKrw.ShouldBe(lines.Sum(line => line.FeeKrw));
            month.PayableKrw.ShouldBe(lines.Sum(line => line.AmountKrw - line.FeeKrw));
            lines.ShouldAllBe(line => MarketDays.DayOf(line.At).Month == month.Month.Month);
        }

        months.Sum(month => month.SoldKrw).ShouldBe(drawn.Sum(entry => entry.Price * entry.Quantity));
    }

    [Fact]
    public async Task Another_farm_has_no_part_in_it()
    {
        await StoreAsync([(10_000, 1, 0, false)]);
        using var stranger = fixture.Farmer(Guid.CreateVersion7());

        (await GetAsync<Settlements>(stranger, "/farm/settlements")).Months.ShouldHaveSingleItem().SoldKrw.ShouldBe(0);
        (await MonthAsync(stranger)).Lines.Items.ShouldBeEmpty();
    }

    /// <summary>Entries of the past, as the ledger would have written them.</summary>
    private async Task StoreAsync(IReadOnlyList<(long Price, int Quantity, int Days, bool Refund)> entries)
    {
        var fruit = await fixture.ListAsync(Fruit(_farm));
        using var shopper = fixture.Shopper(Guid.CreateVersion7());
        await using var connection = await fixture.Database.OpenConnectionAsync();
        foreach (var (price, quantity, days, refund) in entries)
        {
            var id = (await fixture.PlaceAsync(shopper, fruit, 1)).OrderId;
            var amount = price * quantity;
            await connection.ExecuteAsync(
                """
                insert into settlement_entries (order_id, fruit_id, kind, farm_id, at, quantity, amount_krw, fee_krw)
                values (@id, @FruitId, 'sale', @_farm, now() - @days * interval '1 day', @quantity, @amount, @fee);
                insert into settlement_entries (order_id, fruit_id, kind, farm_id, at, quantity, amount_krw, fee_krw)
                select @id, @FruitId, 'refund', @_farm, now(), -@quantity, -@amount, -@fee where @refund
                """,
                new
                {
                    id,
                    fruit.FruitId,
                    _farm,
                    days,
                    quantity,
                    amount,
                    fee = SettlementLedger.Fee(amount, 6.0m),
                    refund,
                }
            );
        }
    }

    private async Task<Guid> ConfirmedAsync(params (Guid FruitId, int Quantity)[] items)
    {
        using var shopper = fixture.Shopper(Guid.CreateVersion7());
        using var response = await PostAsync(shopper, OrderOf(items));
        var id = (await response.ReadAsync<OrderAccepted>()).OrderId;
        await fixture.CaptureAsync(id);
        await WaitForAsync(shopper, id, OrderStatus.Confirmed);
        return id;
    }

    private Task<Settlement> MonthAsync(HttpClient farmer) =>
        GetAsync<Settlement>(farmer, $"/farm/settlements/{_month:yyyy-MM}");

    private Task<Settlement> SettledAsync(HttpClient farmer, Func<SettlementMonth, bool> condition) =>
        Eventually.Value(() => MonthAsync(farmer), settlement => condition(settlement.Sums));

    private static DateOnly Month(DateOnly day) => new(day.Year, day.Month, 1);
}
