using System.Security.Cryptography;

namespace Commerce.ServerProcesses;

/// <summary>Generated passwords and the files that keep them.</summary>
public static class Secret
{
    private const string Alphabet = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ0123456789";

    private static FileStreamOptions OwnerOnly =>
        new()
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };

    /// <summary>Letters and digits only: fits every connection string and URI unescaped.</summary>
    public static string Generate(int length) => RandomNumberGenerator.GetString(Alphabet, length);

    /// <summary>The secret of that name, made on the first call and kept in the folder.</summary>
    public static string GetOrCreate(string folder, string name)
    {
        var file = Path.Combine(folder, name);
        if (File.Exists(file))
        {
            return File.ReadAllText(file);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var value = Generate(22);
        Write(file, value);
        return value;
    }

    /// <summary>Writes a file that only its owner can read, from its first byte on.</summary>
    public static void Write(string file, string value)
    {
        using var writer = new StreamWriter(file, OwnerOnly);
        writer.Write(value);
    }
}
