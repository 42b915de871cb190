using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Order.Orders;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Order.Queries;

/// <summary>GET /orders/{id}.</summary>
internal static class GetOrder
{
    private static readonly string Refunded = TimelineText.NameOf<PaymentRefunded>();

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/orders/{id:guid}", HandleAsync)
            .WithTags("Orders")
            .WithName("GetOrder")
            .WithSummary(
                "An order with its timeline: the own one, or any for an admin, who also gets payloads and ids."
            )
            .RequireAuthorization(Policies.SignedIn)
            .ProducesProblem(StatusCodes.Status404NotFound);

    private static async Task<Results<Ok<OrderDetails>, ProblemHttpResult>> HandleAsync(
        Guid id,
        HttpContext context,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var isAdmin = context.User.IsAdmin();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select id, status, reason, total_krw, recipient, phone, postal_code, line1, line2, placed_at,
                    payment_status, delivery_status, tracking_number, refund_reason, account_id
                from orders where id = @id and (@isAdmin or account_id = @accountId);

                select {LineRow.Columns} from order_lines l join orders o on o.id = l.order_id
                where o.id = @id and (@isAdmin or o.account_id = @accountId)
                order by l.position;

                select t.at, t.event, t.source, t.detail, t.trace_id, t.event_id, t.payload::text as payload
                from timeline t join orders o on o.id = t.order_id
                where o.id = @id and (@isAdmin or o.account_id = @accountId)
                order by t.at, t.position
                """,
                new
                {
                    id,
                    isAdmin,
                    accountId = context.User.AccountId(),
                },
                cancellationToken: cancellationToken
            )
        );
        if (await results.ReadSingleOrDefaultAsync<Row>() is not { } order)
        {
            return TypedResults.Problem(statusCode: StatusCodes.Status404NotFound);
        }

        var items = (await results.ReadAsync<LineRow>()).Select(line => line.ToItem()).ToList();
        var timeline = (await results.ReadAsync<EntryRow>()).Select(entry => entry.ToEntry(isAdmin)).ToList();
        return TypedResults.Ok(order.ToDetails(items, timeline, isAdmin));
    }

    private sealed record Row(
        Guid Id,
        string Status,
        string? Reason,
        long TotalKrw,
        string Recipient,
        string Phone,
        string PostalCode,
        string Line1,
        string? Line2,
        DateTimeOffset PlacedAt,
        string PaymentStatus,
        string? DeliveryStatus,
        string? TrackingNumber,
        string? RefundReason,
        Guid AccountId
    )
    {
        public OrderDetails ToDetails(
            IReadOnlyList<OrderItem> items,
            IReadOnlyList<TimelineEntry> timeline,
            bool isAdmin
        )
        {
            var status = Enum.Parse<OrderStatus>(Status);
            return new(
                Id,
                status,
                Reason,
                items,
                TotalKrw,
                new ShippingAddress(Recipient, Phone, PostalCode, Line1, Line2),
                PlacedAt,
                new OrderPayment(PaymentStatus, timeline.FirstOrDefault(entry => entry.Event == Refunded)?.At),
                new OrderDelivery(DeliveryStatus, TrackingNumber),
                timeline,
                OrderState.CancelRule(status, DeliveryStatus),
                isAdmin && OrderState.RefundRule(status, PaymentStatus, RefundReason),
                RefundReason,
                isAdmin ? AccountId : null
            );
        }
    }

    private sealed record EntryRow(
        DateTimeOffset At,
        string Event,
        string Source,
        string? Detail,
        string? TraceId,
        Guid EventId,
        string? Payload
    )
    {
        public TimelineEntry ToEntry(bool isAdmin) =>
            isAdmin
                ? new(
                    At,
                    Event,
                    Source,
                    Detail,
                    TraceId,
                    EventId,
                    Payload is null ? null : JsonSerializer.Deserialize(Payload, ContractsJson.Default.JsonElement)
                )
                : new(At, Event, Source, Detail);
    }
}
