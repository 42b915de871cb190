using System.Security.Cryptography;
using System.Text;

namespace Commerce.Identity.Keys;

/// <summary>
/// Seals private keys for the database with AES-256-GCM under <c>SigningKeys:EncryptionKey</c>, bound to the key's id.
/// A stolen backup then signs nothing. Without that setting keys are kept as they are, and a warning says so.
/// </summary>
internal sealed class KeyCipher
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private readonly byte[]? _key;

    /// <exception cref="InvalidOperationException">The setting is not 32 bytes in base64.</exception>
    public KeyCipher(SigningKeyOptions options, IHostEnvironment environment, ILogger<KeyCipher> logger)
    {
        if (options.EncryptionKey is { Length: > 0 } text)
        {
            var key = new byte[32];
            _key =
                Convert.TryFromBase64String(text, key, out var length) && length == 32
                    ? key
                    : throw new InvalidOperationException("SigningKeys:EncryptionKey must be 32 bytes in base64.");
        }
        else if (!environment.IsDevelopment())
        {
            logger.LogWarning("SigningKeys:EncryptionKey is not set: private keys stand unencrypted in the database");
        }
    }

    public bool Seals => _key is not null;

    public byte[] Seal(string keyId, byte[] plain)
    {
        if (_key is null)
        {
            return plain;
        }

        var result = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            result.AsSpan(0, NonceBytes),
            plain,
            result.AsSpan(NonceBytes + TagBytes),
            result.AsSpan(NonceBytes, TagBytes),
            Encoding.UTF8.GetBytes(keyId)
        );
        return result;
    }

    /// <exception cref="CryptographicException">Sealed under another key, or changed.</exception>
    public byte[] Open(string keyId, byte[] sealedKey)
    {
        if (_key is null)
        {
            throw new CryptographicException(
                $"The signing key {keyId} is sealed, but SigningKeys:EncryptionKey is not set."
            );
        }

        var plain = new byte[sealedKey.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        aes.Decrypt(
            sealedKey.AsSpan(0, NonceBytes),
            sealedKey.AsSpan(NonceBytes + TagBytes),
            sealedKey.AsSpan(NonceBytes, TagBytes),
            plain,
            Encoding.UTF8.GetBytes(keyId)
        );
        return plain;
    }
}
