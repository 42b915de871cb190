using Commerce.Contracts.Api;
using Commerce.Order.Queries;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Admin;

/// <summary>GET /admin/orders.</summary>
/// <param name="Q">An id of an order, account or fruit, the beginning or end of an order's id, how a recipient's name begins, or a part of a fruit's name.</param>
/// <param name="Account">Also the orders of these accounts: who they are by name is known to Identity alone.</param>
/// <param name="From">First day in Seoul.</param>
/// <param name="To">Last day in Seoul.</param>
internal sealed record OrderSearch(
    int? Page,
    int? PageSize,
    string? Status,
    string? Q,
    Guid[]? Account,
    DateOnly? From,
    DateOnly? To
);

internal static class ListAllOrders
{
    private const int MostAccounts = 50;

    /// <summary>One arm per index; what is not asked for finds nothing.</summary>
    private const string Found = """
        (select id from orders where id = @id or id between @idFrom and @idTo
        union select id from orders where right(id::text, 12) like @number
        union select id from orders where account_id = any(@accounts)
        union select id from orders where recipient like @begins
        union select order_id from order_lines where fruit_id = any(array(
            select fruit_id from fruit_copies where fruit_id = @id or name ilike @contains or name_en ilike @contains)))
        """;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/orders", HandleAsync)
            .WithTags("Admin")
            .WithName("ListAllOrders")
            .WithSummary(
                "All orders, newest first. q: an order's, account's or fruit's id, the beginning or end of an order's id, how a "
                    + "recipient's name begins, or a part of a fruit's name; account: also of these; from, to: days in Seoul."
            )
            .RequireAuthorization(Policies.Admin);

    private static async Task<Results<Ok<Paged<AdminOrder>>, ValidationProblem>> HandleAsync(
        [AsParameters] OrderSearch search,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var validation = new Validation();
        validation.OptionalText("q", search.Q, max: 100);
        validation.Check("account", !(search.Account?.Length > MostAccounts), $"must be at most {MostAccounts}");
        validation.Check("to", !(search.To < search.From), "must not be before from");
        if (OrderListQuery.Read(search.Page, search.PageSize, search.Status, validation) is not { } listing)
        {
            return validation.Problem();
        }

        var searches = !string.IsNullOrWhiteSpace(search.Q) || search.Account is { Length: > 0 };
        var where = $"""
            where (@status::text is null or o.status = @status)
                and (@from::date is null or o.placed_at >= @from::timestamp at time zone 'Asia/Seoul')
                and (@to::date is null or o.placed_at < (@to + 1)::timestamp at time zone 'Asia/Seoul')
                {(searches ? $"and o.id in {Found}" : "")}
            """;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from orders o {where};

                select o.id, o.account_id, o.status, o.reason, o.total_krw, o.placed_at, o.payment_status, o.delivery_status,
                    o.recipient
                from orders o {where} order by o.id desc limit @limit offset @offset
                """,
                Parameters(search, listing),
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var orders = (await results.ReadAsync<Row>()).Select(order => order.ToOrder()).ToList();
        return TypedResults.Ok(listing.Result(orders, total));
    }

    private static DynamicParameters Parameters(OrderSearch search, OrderListQuery listing)
    {
        var words = search.Q?.Trim() ?? "";
        var isId = Guid.TryParse(words, out var id);
        var hex = words.Replace("-", "", StringComparison.Ordinal);
        var isHex = hex.Length is >= 4 and <= 32 && hex.All(char.IsAsciiHexDigit);
        var isName = words.Length > 0 && !isId;
        var pattern = EscapeLike(words);
        return new DynamicParameters(
            new
            {
                status = listing.Status?.ToString(),
                from = search.From,
                to = search.To,
                limit = listing.PageSize,
                offset = listing.Offset,
                id = isId ? id : (Guid?)null,
                // Eight digits of a UUIDv7 are a minute: fewer would be half of all orders.
                idFrom = isHex && hex.Length >= 8 ? Guid.Parse(hex.PadRight(32, '0')) : (Guid?)null,
                idTo = isHex && hex.Length >= 8 ? Guid.Parse(hex.PadRight(32, 'f')) : (Guid?)null,
                number = isHex && hex.Length <= 12 ? Lower(hex) + "%" : null,
                accounts = (search.Account ?? []).Concat(isId ? [id] : []).ToArray(),
                begins = isName ? pattern + "%" : null,
                contains = isName ? $"%{pattern}%" : null,
            }
        );
    }

    private static string Lower(string hex) =>
        string.Create(hex.Length, hex, (target, text) => text.AsSpan().ToLowerInvariant(target));

    private static string EscapeLike(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal);

    private sealed record Row(
        Guid Id,
        Guid AccountId,
        string Status,
        string? Reason,
        long TotalKrw,
        DateTimeOffset PlacedAt,
        string PaymentStatus,
        string? DeliveryStatus,
        string Recipient
    )
    {
        public AdminOrder ToOrder() =>
            new(
                Id,
                AccountId,
                Enum.Parse<OrderStatus>(Status),
                Reason,
                TotalKrw,
                PlacedAt,
                PaymentStatus,
                DeliveryStatus,
                Recipient
            );
    }
}
