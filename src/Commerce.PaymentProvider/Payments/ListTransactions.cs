using System.Globalization;
using Commerce.PaymentProvider.Ledger;
using Commerce.PaymentProvider.Protocol;

namespace Commerce.PaymentProvider.Payments;

/// <summary>One movement of money, as Toss Payments lists it. <paramref name="Amount"/> in whole KRW, time in Korean time.</summary>
/// <param name="Status"><c>DONE</c>: taken; <c>CANCELED</c>: given back.</param>
internal sealed record Transaction(
    string MId,
    string TransactionKey,
    string PaymentKey,
    string OrderId,
    string Method,
    string Status,
    DateTimeOffset TransactionAt,
    string Currency,
    long Amount
);

/// <summary>GET /v1/transactions?startDate=&amp;endDate=&amp;startingAfter=&amp;limit=: oldest first; dates are Korean time.</summary>
internal static class ListTransactions
{
    private const int MostAtOnce = 5_000;
    private static readonly TimeSpan Korea = TimeSpan.FromHours(9);

    public static void MapListTransactions(this IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/transactions", Handle);

    private static async Task<IResult> Handle(
        string? startDate,
        string? endDate,
        string? startingAfter,
        LedgerService books,
        int limit = 100
    )
    {
        if (Time(startDate) is not { } from || Time(endDate) is not { } to || limit is < 1 or > MostAtOnce)
        {
            return ProviderError.InvalidRequest("startDate, endDate는 필수 파라미터 입니다.");
        }

        var lines = books.Lines(from, to, startingAfter, limit);
        // Nothing is told that a crash could take back.
        await Task.WhenAll(lines.Select(line => line.Durable));
        return Results.Ok(lines.Select(line => From(line.Entry)).ToArray());
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? new DateTimeOffset(DateTime.SpecifyKind(time, DateTimeKind.Unspecified), Korea)
            : null;

    private static Transaction From(LedgerLine entry) =>
        new(
            "commerce-mock",
            entry.TransactionKey,
            entry.PaymentKey,
            entry.OrderId,
            "카드",
            entry.Kind == "charged" ? PaymentStatus.Done : PaymentStatus.Canceled,
            entry.At.ToOffset(Korea),
            "KRW",
            entry.Amount
        );
}
