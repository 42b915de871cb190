using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Commerce.KafkaBroker;

/// <summary>The command line of the embedded broker.</summary>
/// <param name="Port">TCP port on 127.0.0.1; 0 takes a free one.</param>
/// <param name="Topics">Topics that exist from the start; any other is created with 4 partitions when first asked for.</param>
/// <param name="Partitions">Partitions of each of <paramref name="Topics"/>.</param>
/// <param name="ExitWithParent">End when standard input closes.</param>
internal sealed record BrokerOptions(int Port, IReadOnlyList<string> Topics, int Partitions, bool ExitWithParent)
{
    public const string Usage =
        "usage: Commerce.KafkaBroker [--port N] [--topics a,b,c] [--partitions 12] [--exit-with-parent]";

    /// <summary>Reads the command line; false with the reason when an argument is unknown or out of range.</summary>
    public static bool TryParse(
        string[] args,
        [NotNullWhen(true)] out BrokerOptions? options,
        [NotNullWhen(false)] out string? error
    )
    {
        options = null;
        var result = new BrokerOptions(Port: 0, Topics: [], Partitions: 12, ExitWithParent: false);
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--port" when TryNumber(value, 0, 65535, out var port):
                    result = result with { Port = port };
                    i++;
                    break;
                case "--partitions" when TryNumber(value, 1, 1000, out var partitions):
                    result = result with { Partitions = partitions };
                    i++;
                    break;
                case "--topics" when value.Length > 0:
                    result = result with
                    {
                        Topics = value.Split(
                            ',',
                            StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                        ),
                    };
                    i++;
                    break;
                case "--exit-with-parent":
                    result = result with { ExitWithParent = true };
                    break;
                default:
                    error = $"not understood: {args[i]} {value}";
                    return false;
            }
        }

        options = result;
        error = null;
        return true;
    }

    private static bool TryNumber(string text, int min, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number >= min
        && number <= max;
}
