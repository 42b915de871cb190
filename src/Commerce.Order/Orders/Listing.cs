using Commerce.Contracts.Api;
using Commerce.ServiceDefaults;

namespace Commerce.Order.Orders;

/// <summary>Query parameters that all lists share: <c>page</c> from 1, <c>pageSize</c> 1–100, <c>status</c> by name.</summary>
internal sealed class Listing
{
    private const int LargestPage = 100;

    private Listing(int page, int pageSize, OrderStatus? status)
    {
        Page = page;
        PageSize = pageSize;
        Status = status;
    }

    public int Page { get; }

    public int PageSize { get; }

    public OrderStatus? Status { get; }

    public int Offset => (Page - 1) * PageSize;

    /// <summary>Null when a parameter is wrong; <paramref name="validation"/> says which.</summary>
    public static Listing? Read(int? page, int? pageSize, string? status, Validation validation)
    {
        validation.Paging(page, pageSize, LargestPage);
        OrderStatus? wanted = null;
        if (!string.IsNullOrEmpty(status))
        {
            var known =
                Enum.TryParse<OrderStatus>(status, ignoreCase: true, out var parsed) && char.IsLetter(status[0]);
            validation.Check("status", known, $"must be one of {string.Join(", ", Enum.GetNames<OrderStatus>())}");
            wanted = parsed;
        }

        return validation.Failed ? null : new Listing(page ?? 1, pageSize ?? 20, wanted);
    }

    public Paged<T> Result<T>(IReadOnlyList<T> items, int total) => new(items, total, Page, PageSize);
}
