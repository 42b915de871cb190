using System.Text.RegularExpressions;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;

namespace Commerce.Order.Carts;

/// <summary>
/// Whose cart it is: the account's when signed in, else the guest's who names it in <c>X-Cart-Id</c>: 16–64 letters, digits,
/// <c>-</c> or <c>_</c>, made up by the client. Whoever knows it sees the cart, so it should be random.
/// </summary>
internal readonly partial record struct CartKey(string Key)
{
    public const string Header = "X-Cart-Id";
    public const string Rule = "must be 16 to 64 letters, digits, - or _";
    private const string AccountPrefix = "cart:account:";

    public bool IsAccount => Key.StartsWith(AccountPrefix, StringComparison.Ordinal);

    public static CartKey Account(Guid accountId) => new($"{AccountPrefix}{accountId:N}");

    public static CartKey? Guest(string? cartId) =>
        cartId is not null && Format().IsMatch(cartId) ? new($"cart:guest:{cartId}") : null;

    /// <summary>The owner, or the answer that says why there is none.</summary>
    public static (CartKey? Owner, IResult? Error) Of(HttpContext context)
    {
        if (context.User.Identity is { IsAuthenticated: true })
        {
            return (Account(context.User.AccountId()), null);
        }

        // A token that no longer holds is not a guest: answering with an empty cart would hide the real one.
        if (context.Request.Headers.Authorization.Count > 0)
        {
            return (null, TypedResults.Challenge());
        }

        var guest = Guest(context.Request.Headers[Header]);
        return guest is null ? (null, Validation.Problem(Header, Rule)) : (guest, null);
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{16,64}\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Format();
}
