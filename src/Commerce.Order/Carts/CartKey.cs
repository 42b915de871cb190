using System.Text.RegularExpressions;
using Commerce.ServiceDefaults.Authentication;

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

    /// <summary>The key of the request's cart; null when a guest does not name it as <see cref="Rule"/> wants it.</summary>
    public static CartKey? From(HttpContext context) =>
        context.User.Identity is { IsAuthenticated: true }
            ? Account(context.User.AccountId())
            : Guest(context.Request.Headers[Header]);

    [GeneratedRegex("^[A-Za-z0-9_-]{16,64}\\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Format();
}
