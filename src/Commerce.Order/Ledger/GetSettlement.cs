using System.Globalization;
using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Ledger;

/// <summary>GET /farm/settlements/{yyyy-MM}.</summary>
internal static class GetSettlement
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/settlements/{month}", HandleAsync)
            .WithTags("Farm")
            .WithName("GetSettlement")
            .WithSummary("One month (2026-11) with its lines")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<Settlement>, ValidationProblem>> HandleAsync(
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
                select @month::date as month, {SettlementSums.Columns} {Own};

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
        var sums = await results.ReadSingleAsync<SettlementSums>();
        var total = await results.ReadSingleAsync<int>();
        var lines = (await results.ReadAsync<SettlementLine>()).AsList();
        var running = SettlementSums.FirstOfMonth(MarketDays.DayOf(time.GetUtcNow()));
        return TypedResults.Ok(
            new Settlement(sums.ToMonth(running), new Paged<SettlementLine>(lines, total, wanted.Page, wanted.PageSize))
        );
    }
}
