using System.Security.Cryptography;

namespace Commerce.NativeHosting;

/// <summary>Generated passwords and the files that keep them.</summary>
internal static class Secret
{
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

    /// <summary>Letters and digits only: fits every connection string and URI unescaped.</summary>
    public static string Generate(int length) => RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>Writes a file that only its owner can read, from its first byte on.</summary>
    public static async Task WriteAsync(string file, string value, CancellationToken cancellationToken = default)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        await using var writer = new StreamWriter(file, options);
        await writer.WriteAsync(value.AsMemory(), cancellationToken);
    }
}
