using Commerce.Contracts.Api;
using Commerce.Delivery.Shipping;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Delivery.Queries;

/// <summary>GET /admin/deliveries; an absent filter lets everything through.</summary>
/// <param name="Q">An order's id, the end of one from its beginning on (what people read out), or how a tracking number begins.</param>
/// <param name="Status"><c>READY ON_ROUTE DELIVERED CANCELLED</c>.</param>
internal sealed record DeliverySearch(string? Q, string? Status, int? Page, int? PageSize);

internal static class ListDeliveries
{
    private const int MaxPageSize = 100;

    private static readonly string[] Statuses =
    [
        DeliveryStatus.Ready,
        DeliveryStatus.OnRoute,
        DeliveryStatus.Delivered,
        DeliveryStatus.Cancelled,
    ];

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/deliveries", HandleAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("ListDeliveries")
            .WithTags("Deliveries")
            .WithSummary("All deliveries, the newest orders first")
            .WithDescription("q: an order's id, its last 12 digits or how they begin, or how a tracking number begins.")
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status403Forbidden);

    private static async Task<Results<Ok<Paged<AdminDelivery>>, ValidationProblem>> HandleAsync(
        [AsParameters] DeliverySearch search,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var validation = new Validation();
        validation.OptionalText("q", search.Q, max: 100);
        validation.Check(
            "status",
            string.IsNullOrEmpty(search.Status) || Statuses.Contains(search.Status, StringComparer.Ordinal),
            $"must be one of {string.Join(", ", Statuses)}"
        );
        var (page, pageSize) = PageRequest.Read(search.Page, search.PageSize, validation, MaxPageSize);
        if (validation.Failed)
        {
            return validation.Problem();
        }

        var words = search.Q?.Trim() ?? "";
        var isNumber = words.Length is >= 4 and <= 12 && words.All(char.IsAsciiHexDigit);
        // One arm per index; a filter that nobody set is not even in the text.
        var where = string.Join(
            " and ",
            new[]
            {
                "scheduled_at is not null",
                words.Length == 0
                    ? null
                    : """
                    order_id in (select order_id from deliveries where order_id = @id
                      union select order_id from deliveries where scheduled_at is not null and right(order_id::text, 12) like @number
                      union select order_id from deliveries where scheduled_at is not null and tracking_number like @tracking)
                    """,
                search.Status is { Length: > 0 } ? "status = @Status" : null,
            }.OfType<string>()
        );
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from deliveries where {where};
                select order_id, status, tracking_number, scheduled_at, on_route_at, delivered_at, updated_at from deliveries
                where {where} order by order_id desc limit @pageSize offset @Skip
                """,
                new
                {
                    id = Guid.TryParse(words, out var id) ? id : (Guid?)null,
                    number = isNumber ? Lower(words) + "%" : null,
                    tracking = words.All(char.IsAsciiDigit) ? words + "%" : null,
                    search.Status,
                    pageSize,
                    Skip = (page - 1) * pageSize,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var deliveries = (await results.ReadAsync<AdminDelivery>()).AsList();
        return TypedResults.Ok(new Paged<AdminDelivery>(deliveries, total, page, pageSize));
    }

    private static string Lower(string hex) =>
        string.Create(hex.Length, hex, (target, text) => text.AsSpan().ToLowerInvariant(target));
}
