using System.Globalization;
using Commerce.Contracts.Market;
using Commerce.ServiceDefaults.Authentication;
using Commerce.Storefront.Api;
using Commerce.Storefront.Session;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.FarmDesk;

/// <summary>Files for a farmer's spreadsheet: the pick list, the settlement of a month, and the template of an import.</summary>
internal static class FarmDownloads
{
    private const int PageSize = 100;

    public static void MapFarmDownloads(this IEndpointRouteBuilder endpoints)
    {
        var farm = endpoints
            .MapGroup("/farm")
            .RequireAuthorization(new AuthorizeAttribute(Policies.Farmer))
            .AsCurrentUser()
            .AddEndpointFilter(WithStatusAsync);
        farm.MapGet("/pick-list.csv", PickListAsync);
        farm.MapGet("/settlement.csv", SettlementAsync);
        farm.MapGet("/import-template.csv", () => File(ImportTemplate.Rows(), "import-template.csv"));
    }

    /// <summary>No page renders here that would tell why a service said no.</summary>
    private static async ValueTask<object?> WithStatusAsync(
        EndpointFilterInvocationContext invocation,
        EndpointFilterDelegate next
    )
    {
        invocation.HttpContext.Response.Headers.CacheControl = "no-store";
        try
        {
            return await next(invocation);
        }
        catch (ApiException e)
        {
            return TypedResults.StatusCode(
                e.ErrorKind switch
                {
                    ApiErrorKind.SignedOut => StatusCodes.Status401Unauthorized,
                    ApiErrorKind.Forbidden => StatusCodes.Status403Forbidden,
                    ApiErrorKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
                    _ => StatusCodes.Status400BadRequest,
                }
            );
        }
    }

    private static async Task<IResult> PickListAsync(
        DateOnly shipsOn,
        OrderApi orders,
        IStringLocalizer texts,
        CancellationToken cancellationToken
    )
    {
        var list = await orders.PickListAsync(shipsOn, cancellationToken);
        var header = Array.ConvertAll(
            ["number", "recipient", "phone", "postalCode", "address", "fruit", "boxes"],
            (string column) => texts[$"pick.{column}"].Value
        );
        var rows =
            from order in list.Orders
            from item in order.Items
            select (IReadOnlyList<object?>)
                [
                    Format.OrderNumber(order.OrderId),
                    order.Address.Recipient,
                    order.Address.Phone,
                    order.Address.PostalCode,
                    $"{order.Address.Line1} {order.Address.Line2}".Trim(),
                    item.DisplayName(),
                    item.Quantity,
                ];
        return File([header, .. rows], $"pick-list-{Iso(shipsOn)}.csv");
    }

    private static async Task<IResult> SettlementAsync(
        DateOnly month,
        OrderApi orders,
        IStringLocalizer texts,
        CancellationToken cancellationToken
    )
    {
        var header = Array.ConvertAll(
            ["day", "kind", "number", "fruit", "boxes", "amount", "fee", "payable"],
            (string column) => texts[$"settle.{column}"].Value
        );
        var rows = new List<IReadOnlyList<object?>> { header };
        int total;
        var page = 1;
        do
        {
            var part = await orders.SettlementAsync(month, page, PageSize, cancellationToken);
            total = part.Lines.Total;
            rows.AddRange(
                part.Lines.Items.Select(line =>
                    (IReadOnlyList<object?>)
                        [
                            MarketDays.DayOf(line.At),
                            texts[$"settle.{line.Kind}"].Value,
                            Format.OrderNumber(line.OrderId),
                            Format.Pick(line.Name, line.NameEn),
                            line.Quantity,
                            line.AmountKrw,
                            line.FeeKrw,
                            line.AmountKrw - line.FeeKrw,
                        ]
                )
            );
        } while (page++ * PageSize < total);
        return File(rows, $"settlement-{Iso(month)[..7]}.csv");
    }

    private static FileContentHttpResult File(IEnumerable<IReadOnlyList<object?>> rows, string name) =>
        TypedResults.File(CsvFile.Write(rows), "text/csv; charset=utf-8", name);

    private static string Iso(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
