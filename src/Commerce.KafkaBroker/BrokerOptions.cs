using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Commerce.KafkaBroker;

/// <summary>The command line of the embedded broker.</summary>
/// <param name="Bind">IPv4 address to listen at; 127.0.0.1 unless a container wants to be reached from outside.</param>
/// <param name="Port">TCP port there; 0 takes a free one.</param>
/// <param name="Advertised">host:port that clients are told to connect to; null = where it listens.</param>
/// <param name="Topics">Topics that exist from the start; any other is created with 4 partitions when first asked for.</param>
/// <param name="Partitions">Partitions of each of <paramref name="Topics"/>.</param>
/// <param name="ExitWithParent">End when standard input closes.</param>
internal sealed record BrokerOptions(
    IPAddress Bind,
    int Port,
    (string Host, int Port)? Advertised,
    IReadOnlyList<string> Topics,
    int Partitions,
    bool ExitWithParent
)
{
    public const string Usage =
        "usage: Commerce.KafkaBroker [--bind 127.0.0.1] [--port N] [--advertised host:port] [--topics a,b,c] [--partitions 12] [--exit-with-parent]";

    /// <summary>Reads the command line; false with the reason when an argument is unknown or out of range.</summary>
    public static bool TryParse(
        string[] args,
        [NotNullWhen(true)] out BrokerOptions? options,
        [NotNullWhen(false)] out string? error
    )
    {
        options = null;
        var result = new BrokerOptions(
            IPAddress.Loopback,
            Port: 0,
            Advertised: null,
            Topics: [],
            Partitions: 12,
            ExitWithParent: false
        );
        for (var i = 0; i < args.Length; i++)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            switch (args[i])
            {
                case "--bind" when TryAddress(value, out var bind):
                    result = result with { Bind = bind };
                    i++;
                    break;
                case "--advertised" when TryHostAndPort(value, out var advertised):
                    result = result with { Advertised = advertised };
                    i++;
                    break;
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

        if (result.Bind.Equals(IPAddress.Any) && result.Advertised is null)
        {
            error = "--bind 0.0.0.0 is no address that a client could connect to: it needs --advertised host:port";
            return false;
        }

        options = result;
        error = null;
        return true;
    }

    private static bool TryNumber(string text, int min, int max, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number)
        && number >= min
        && number <= max;

    // The library's mock cluster knows IPv4 only.
    private static bool TryAddress(string text, [NotNullWhen(true)] out IPAddress? address) =>
        IPAddress.TryParse(text, out address) && address.AddressFamily == AddressFamily.InterNetwork;

    private static bool TryHostAndPort(string text, out (string Host, int Port) endpoint)
    {
        var colon = text.LastIndexOf(':');
        endpoint = default;
        if (colon < 1 || !TryNumber(text[(colon + 1)..], 1, 65535, out var port))
        {
            return false;
        }

        endpoint = (text[..colon], port);
        return true;
    }
}
