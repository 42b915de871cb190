using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Commerce.Identity.Credentials;

/// <summary>
/// PBKDF2-HMAC-SHA512 with a salt of 16 bytes, kept as <c>pbkdf2-sha512$iterations$salt$hash</c>. Costs ~0.1 s of one core
/// on purpose, so only as many run at once as there are cores: a wave of sign-ins queues here and leaves the rest of the
/// service alive.
/// </summary>
internal sealed class PasswordHasher : IDisposable
{
    private const string Scheme = "pbkdf2-sha512";
    private const int SaltBytes = 16;
    private const int HashBytes = 32;

    private readonly SemaphoreSlim _cores = new(Environment.ProcessorCount);
    private readonly int _iterations;
    private readonly string _nobody;

    public PasswordHasher(PasswordOptions options)
    {
        _iterations = options.Iterations;
        _nobody = Format(
            _iterations,
            RandomNumberGenerator.GetBytes(SaltBytes),
            RandomNumberGenerator.GetBytes(HashBytes)
        );
    }

    /// <summary>Waits for a core; hold the slot while checking, and whatever is counted per check is counted in order.</summary>
    public async Task<IDisposable> AcquireSlotAsync(CancellationToken cancellationToken)
    {
        await _cores.WaitAsync(cancellationToken);
        return new Slot(_cores);
    }

    public async Task<string> HashAsync(string password, CancellationToken cancellationToken)
    {
        using var slot = await AcquireSlotAsync(cancellationToken);
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return Format(_iterations, salt, Derive(password, salt, _iterations));
    }

    /// <summary>Whether the password is right. Without an account (<paramref name="hash"/> null) it takes as long, and is false.</summary>
    public bool Verify(string password, string? hash)
    {
        var parts = (hash ?? _nobody).Split('$');
        var iterations = int.Parse(parts[1], CultureInfo.InvariantCulture);
        var expected = Convert.FromBase64String(parts[3]);
        var actual = Derive(password, Convert.FromBase64String(parts[2]), iterations);
        return CryptographicOperations.FixedTimeEquals(actual, expected) && hash is not null;
    }

    public void Dispose() => _cores.Dispose();

    // NFKC, so that one password typed on two systems (Korean in parts or in whole syllables) is the same.
    private static byte[] Derive(string password, byte[] salt, int iterations) =>
        Rfc2898DeriveBytes.Pbkdf2(
            Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormKC)),
            salt,
            iterations,
            HashAlgorithmName.SHA512,
            HashBytes
        );

    private static string Format(int iterations, byte[] salt, byte[] hash) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Scheme}${iterations}${Convert.ToBase64String(salt)}${Convert.ToBase64String(hash)}"
        );

    private sealed class Slot(SemaphoreSlim cores) : IDisposable
    {
        public void Dispose() => cores.Release();
    }
}
