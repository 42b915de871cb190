using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Commerce.ServerProcesses.Processes;

/// <summary>
/// Loopback ports below the kernel's own range for outgoing connections, so that a server which is down for a moment
/// finds its port free when it comes back.
/// </summary>
public static class FreePort
{
    private const int Lowest = 15000;
    private static readonly ConcurrentDictionary<int, bool> Given = new();
    private static readonly int Highest = FirstEphemeralPort() - 1;

    /// <summary>A port nobody listens on and that this process has not given out before.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Highest);
            if (Given.TryAdd(port, true) && IsFree(port))
            {
                return port;
            }
        }
    }

    /// <summary>The preferred port, or the next higher one that is free.</summary>
    public static int From(int preferred)
    {
        var port = preferred;
        while (!(IsFree(port) && Given.TryAdd(port, true)))
        {
            port++;
        }

        return port;
    }

    private static bool IsFree(int port)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static int FirstEphemeralPort()
    {
        const string Range = "/proc/sys/net/ipv4/ip_local_port_range";
        var first = File.Exists(Range)
            ? int.Parse(File.ReadAllText(Range).Split('\t', ' ')[0], CultureInfo.InvariantCulture)
            : 32768;
        return first > Lowest + 1000 ? first : 65535;
    }
}
