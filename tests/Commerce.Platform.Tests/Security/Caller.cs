namespace Commerce.Platform.Tests.Security;

/// <summary>Addresses that callers come from (RFC 2544's, for tests), so that one caller's limits are not another's.</summary>
internal static class Caller
{
    private static int _last;

    public static string Next()
    {
        var n = Interlocked.Increment(ref _last);
        return $"198.18.{n / 250 % 250}.{(n % 250) + 1}";
    }
}
