namespace Commerce.Identity;

/// <summary>Settings of the service, by their configuration names.</summary>
internal sealed class IdentityOptions
{
    public TokenOptions Tokens { get; set; } = new();
    public PasswordOptions Passwords { get; set; } = new();
    public SignInOptions SignIn { get; set; } = new();
    public SigningKeyOptions SigningKeys { get; set; } = new();

    internal sealed class TokenOptions
    {
        /// <summary>Lifetime of an access token.</summary>
        public TimeSpan Access { get; set; } = TimeSpan.FromMinutes(15);

        /// <summary>A session that is not refreshed for so long ends.</summary>
        public TimeSpan Refresh { get; set; } = TimeSpan.FromDays(14);

        /// <summary>A session ends after so long, refreshed or not.</summary>
        public TimeSpan Session { get; set; } = TimeSpan.FromDays(90);
    }

    internal sealed class PasswordOptions
    {
        /// <summary>Rounds of PBKDF2-HMAC-SHA512; OWASP's figure.</summary>
        public int Iterations { get; set; } = 210_000;
    }

    internal sealed class SignInOptions
    {
        /// <summary>Wrong passwords for one e-mail from one address, within <see cref="Window"/>, before 429.</summary>
        public int Failures { get; set; } = 10;

        public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(15);
    }

    internal sealed class SigningKeyOptions
    {
        /// <summary>32 bytes in base64 that seal the private keys in the database; the same for all replicas.</summary>
        public string? EncryptionKey { get; set; }

        /// <summary>A new key follows when the newest is older than this.</summary>
        public TimeSpan RotateAfter { get; set; } = TimeSpan.FromDays(90);

        /// <summary>A new key is published for so long before it signs; the first one of all signs at once.</summary>
        public TimeSpan PublishBefore { get; set; } = TimeSpan.FromMinutes(1);
    }
}
