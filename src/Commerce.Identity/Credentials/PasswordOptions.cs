namespace Commerce.Identity.Credentials;

/// <summary>Configuration section <c>Passwords</c>.</summary>
internal sealed class PasswordOptions
{
    /// <summary>Rounds of PBKDF2-HMAC-SHA512; OWASP's figure.</summary>
    public int Iterations { get; init; } = 210_000;
}
