namespace Commerce.Messaging.Diagnostics;

/// <summary>What is kept of an error, and of texts that anybody may have written.</summary>
internal static class ErrorText
{
    private const int Longest = 2_000;

    public static string Of(Exception cause)
    {
        var text = Clean($"{cause.GetType().Name}: {cause.Message}");
        return text.Length <= Longest ? text : text[..Longest];
    }

    /// <summary>PostgreSQL's text cannot hold NUL.</summary>
    public static string Clean(string text) => text.Replace('\0', '\uFFFD');
}
