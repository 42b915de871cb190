using Commerce.Storefront.Api;

namespace Commerce.Storefront.Shared;

/// <summary>
/// What a page asked for: there, or the reason why not. Null in a page means "still on its way". Serializable, so that what
/// prerendering fetched is not fetched again by the circuit.
/// </summary>
public sealed record Loaded<TValue>(TValue? Value, ApiTrouble? Trouble)
    where TValue : class;

public static class Loaded
{
    /// <summary>Awaits the call and keeps its trouble instead of throwing it; anything unexpected still throws.</summary>
    public static async Task<Loaded<TValue>> From<TValue>(Task<TValue> call)
        where TValue : class
    {
        try
        {
            return new(await call, null);
        }
        catch (ApiException e)
        {
            return new(null, e.Trouble);
        }
    }
}
