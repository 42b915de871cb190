using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Order.Queries;

/// <summary>Query parameters that all lists share: <c>page</c> from 1, <c>pageSize</c> 1–100, <c>status</c> by name.</summary>
internal sealed class OrderListQuery
{
    private readonly PageRequest _page;

    private OrderListQuery(PageRequest page, OrderStatus? status) => (_page, Status) = (page, status);

    public int PageSize => _page.PageSize;

    public int Offset => _page.Offset;

    public OrderStatus? Status { get; }

    /// <summary>Null when a parameter is wrong; <paramref name="validation"/> says which.</summary>
    public static OrderListQuery? Read(int? page, int? pageSize, string? status, Validation validation)
    {
        var wantedPage = PageRequest.Read(page, pageSize, validation);
        OrderStatus? wanted = null;
        if (!string.IsNullOrEmpty(status))
        {
            var known =
                Enum.TryParse<OrderStatus>(status, ignoreCase: true, out var parsed) && char.IsLetter(status[0]);
            validation.Check("status", known, $"must be one of {string.Join(", ", Enum.GetNames<OrderStatus>())}");
            wanted = parsed;
        }

        return validation.Failed ? null : new OrderListQuery(wantedPage, wanted);
    }

    public Paged<T> Result<T>(IReadOnlyList<T> items, int total) => new(items, total, _page.Page, _page.PageSize);
}
