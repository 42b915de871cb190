using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Npgsql;

namespace Commerce.Order.Ledger;

/// <summary>
/// GET /farm/settlements and GET /farm/settlements/{yyyy-MM}. A sale counts in the month (in Seoul) in which it was delivered, a
/// refund in the one in which the money went back.
/// </summary>
internal static class SettlementApi
{
    private const string Sums = """
        count(distinct order_id) filter (where kind = 'sale')::int as orders, coalesce(sum(quantity), 0)::int as boxes,
        coalesce(sum(amount_krw) filter (where kind = 'sale'), 0)::bigint as sold_krw,
        coalesce(-sum(amount_krw) filter (where kind = 'refund'), 0)::bigint as refunded_krw,
        coalesce(sum(fee_krw), 0)::bigint as fee_krw
        """;

    public static void MapSettlement(this IEndpointRouteBuilder endpoints)
    {
        var farm = endpoints.MapGroup("/farm/settlements").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        farm.MapGet("/", MonthsAsync)
            .WithName("ListSettlements")
            .WithSummary("What the market owes the farm, by month")
            .Produces<Settlements>();
        farm.MapGet("/{month}", MonthAsync)
            .WithName("GetSettlement")
            .WithSummary("One month (2026-11) with its lines")
            .Produces<Settlement>()
            .ProducesValidationProblem();
    }

    private static async Task<IResult> MonthsAsync(
        HttpContext context,
        NpgsqlDataSource database,
        MarketOptions market,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<SumsRow>(
            new CommandDefinition(
                $"""
                select date_trunc('month', at at time zone 'Asia/Seoul')::date as month, {Sums}
                from settlement_entries where farm_id = @farmId group by 1 order by 1 desc
                """,
                new { farmId = context.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        var running = FirstOfMonth(MarketDays.DayOf(time.GetUtcNow()));
        var months = rows.Select(row => row.ToMonth(running)).ToList();
        if (months is not [{ Open: true }, ..])
        {
            months.Insert(0, new SumsRow(running, 0, 0, 0, 0, 0).ToMonth(running));
        }

        return TypedResults.Ok(new Settlements(market.FeePercent, months));
    }

    private static async Task<IResult> MonthAsync(
        string month,
        HttpContext context,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken,
        int? page = null,
        int? pageSize = null
    )
    {
        var validation = new Validation();
        var known = DateOnly.TryParseExact(
            month,
            "yyyy-MM",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var first
        );
        validation.Check("month", known && first.Year is >= 2000 and < 9999, "must be a month such as 2026-11");
        var wanted = PageRequest.Read(page, pageSize, validation);
        if (validation.Failed)
        {
            return validation.Problem();
        }

        const string Own = "from settlement_entries where farm_id = @farmId and at >= @from and at < @until";
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select @month::date as month, {Sums} {Own};

                select count(*)::int {Own};

                select e.at, e.kind, e.order_id, e.fruit_id, l.name, l.name_en, e.quantity, e.amount_krw, e.fee_krw
                from (select * {Own} order by at desc, order_id, fruit_id limit @limit offset @offset) e
                join order_lines l using (order_id, fruit_id)
                order by e.at desc, e.order_id, e.fruit_id
                """,
                new
                {
                    farmId = context.User.AccountId(),
                    month = first,
                    from = MarketDays.StartOf(first).ToUniversalTime(),
                    until = MarketDays.StartOf(first.AddMonths(1)).ToUniversalTime(),
                    limit = wanted.PageSize,
                    offset = wanted.Offset,
                },
                cancellationToken: cancellationToken
            )
        );
        var sums = await results.ReadSingleAsync<SumsRow>();
        var total = await results.ReadSingleAsync<int>();
        var lines = (await results.ReadAsync<SettlementLine>()).AsList();
        var running = FirstOfMonth(MarketDays.DayOf(time.GetUtcNow()));
        return TypedResults.Ok(
            new Settlement(sums.ToMonth(running), new Paged<SettlementLine>(lines, total, wanted.Page, wanted.PageSize))
        );
    }

    private static DateOnly FirstOfMonth(DateOnly day) => new(day.Year, day.Month, 1);

    private sealed record SumsRow(DateOnly Month, int Orders, int Boxes, long SoldKrw, long RefundedKrw, long FeeKrw)
    {
        public SettlementMonth ToMonth(DateOnly running) =>
            new(
                Month,
                Orders,
                Boxes,
                SoldKrw,
                RefundedKrw,
                FeeKrw,
                SoldKrw - RefundedKrw - FeeKrw,
                Open: Month == running
            );
    }
}
