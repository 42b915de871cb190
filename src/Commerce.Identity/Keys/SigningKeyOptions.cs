namespace Commerce.Identity.Keys;

/// <summary>Configuration section <c>SigningKeys</c>.</summary>
internal sealed class SigningKeyOptions
{
    /// <summary>32 bytes in base64 that seal the private keys in the database; the same for all replicas.</summary>
    public string? EncryptionKey { get; init; }

    /// <summary>A new key follows when the newest is older than this.</summary>
    public TimeSpan RotateAfter { get; init; } = TimeSpan.FromDays(90);

    /// <summary>A new key is published for so long before it signs; the first one of all signs at once.</summary>
    public TimeSpan PublishBefore { get; init; } = TimeSpan.FromMinutes(1);
}
