namespace Commerce.ServiceDefaults.Requests;

/// <summary>The page of a list that is asked for: <c>page</c> from 1, <c>pageSize</c> rows.</summary>
public sealed record PageRequest(int Page, int PageSize)
{
    // An offset is read row by row: whoever wants more narrows the search.
    private const int DeepestPage = 10_000;

    /// <summary>Rows before the page.</summary>
    public int Offset => (Page - 1) * PageSize;

    /// <summary>Reads the query's parameters; notes those that are wrong, with which the result is of no use.</summary>
    /// <param name="largest">Most rows of a page.</param>
    /// <param name="size">Rows of a page when nothing is asked for.</param>
    public static PageRequest Read(int? page, int? pageSize, Validation validation, int largest = 100, int size = 20)
    {
        validation.Check("page", page is null or (>= 1 and <= DeepestPage), $"must be 1 to {DeepestPage}");
        validation.Check(
            "pageSize",
            pageSize is null || (pageSize >= 1 && pageSize <= largest),
            $"must be 1 to {largest}"
        );
        return new(page ?? 1, pageSize ?? size);
    }
}
