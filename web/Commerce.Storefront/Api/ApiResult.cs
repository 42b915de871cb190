namespace Commerce.Storefront.Api;

/// <summary>
/// What a page asked for: there, or the reason why not. Null in a page means "still on its way". Serializable, so that what
/// prerendering fetched is not fetched again by the circuit.
/// </summary>
public sealed record ApiResult<TValue>(TValue? Value, ApiErrorKind? ErrorKind)
    where TValue : class;

public static class ApiResult
{
    /// <summary>Awaits the call and keeps its trouble instead of throwing it; anything unexpected still throws.</summary>
    public static async Task<ApiResult<TValue>> From<TValue>(Task<TValue> call)
        where TValue : class
    {
        try
        {
            return new(await call, null);
        }
        catch (ApiException e)
        {
            return new(null, e.ErrorKind);
        }
    }
}
