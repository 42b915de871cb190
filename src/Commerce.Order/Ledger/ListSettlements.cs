using Commerce.Contracts.Api;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Ledger;

/// <summary>
/// GET /farm/settlements. A sale counts in the month (in Seoul) in which it was delivered, a refund in the one in which the money
/// went back.
/// </summary>
internal static class ListSettlements
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/settlements", HandleAsync)
            .WithTags("Farm")
            .WithName("ListSettlements")
            .WithSummary("What the market owes the farm, by month")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Ok<Settlements>> HandleAsync(
        HttpContext context,
        NpgsqlDataSource database,
        MarketOptions market,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<SettlementSums>(
            new CommandDefinition(
                $"""
                select date_trunc('month', at at time zone 'Asia/Seoul')::date as month, {SettlementSums.Columns}
                from settlement_entries where farm_id = @farmId group by 1 order by 1 desc
                """,
                new { farmId = context.User.AccountId() },
                cancellationToken: cancellationToken
            )
        );
        var running = SettlementSums.FirstOfMonth(MarketDays.DayOf(time.GetUtcNow()));
        var months = rows.Select(row => row.ToMonth(running)).ToList();
        if (months is not [{ Open: true }, ..])
        {
            months.Insert(0, new SettlementSums(running, 0, 0, 0, 0, 0).ToMonth(running));
        }

        return TypedResults.Ok(new Settlements(market.FeePercent, months));
    }
}
