using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Commerce.KafkaBroker;

/// <summary>
/// librdkafka's mock cluster as a real TCP broker on a port of our choosing. It keeps the last 5 MiB or 100,000 message
/// sets per partition, in memory only, and does not deduplicate idempotent producers.
/// </summary>
internal sealed class EmbeddedBroker : IDisposable
{
    private const int BrokerId = 1;

    // Long enough for the members of a group that start together, short against a platform's start (librdkafka: 3000).
    private const int FirstRebalanceDelayMs = 300;

    // Ours replaced the library's own listening socket under its descriptor; this keeps it from being finalized.
    private readonly Socket _listener;

    private EmbeddedBroker(Socket listener, string address)
    {
        _listener = listener;
        Address = address;
    }

    /// <summary>host:port for <c>bootstrap.servers</c>.</summary>
    public string Address { get; }

    /// <summary>Where this machine reaches it, whatever clients are told.</summary>
    public IPEndPoint Local =>
        _listener.LocalEndPoint is IPEndPoint { Address: var address } endpoint && !address.Equals(IPAddress.Any)
            ? endpoint
            : new IPEndPoint(IPAddress.Loopback, ((IPEndPoint)_listener.LocalEndPoint!).Port);

    /// <summary>Serves <paramref name="endpoint"/> until the process ends.</summary>
    /// <param name="advertised">Where clients are told to connect; null = at the endpoint.</param>
    /// <exception cref="SocketException">The port is taken.</exception>
    /// <exception cref="InvalidOperationException">librdkafka refused.</exception>
    public static EmbeddedBroker Start(
        IPEndPoint endpoint,
        (string Host, int Port)? advertised,
        IReadOnlyList<string> topics,
        int partitions
    )
    {
        var listener = Listen(endpoint);
        try
        {
            var (host, port) = advertised ?? (endpoint.Address.ToString(), ((IPEndPoint)listener.LocalEndPoint!).Port);
            var cluster = NewCluster();

            // The library can only listen on a port that the system chose. Its thread looks sockets up by descriptor
            // on every round, so ours takes over in one step; creating a topic then wakes that thread up.
            var own = FindListener(Librdkafka.BootstrapPort(cluster));
            if (LibC.Duplicate(listener.SafeHandle.DangerousGetHandle().ToInt32(), own) < 0)
            {
                throw new InvalidOperationException($"dup2: {Marshal.GetLastPInvokeErrorMessage()}");
            }

            Librdkafka.SetHostPort(cluster, BrokerId, host, port);
            Librdkafka.SetFirstRebalanceDelay(cluster, FirstRebalanceDelayMs);
            foreach (var topic in topics)
            {
                var code = Librdkafka.CreateTopic(cluster, topic, partitions, replicationFactor: 1);
                if (code != 0)
                {
                    throw new InvalidOperationException($"topic {topic} could not be created: librdkafka error {code}");
                }
            }

            return new EmbeddedBroker(listener, $"{host}:{port}");
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    public void Dispose() => _listener.Dispose();

    private static Socket Listen(IPEndPoint endpoint)
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        try
        {
            // .NET binds TCP sockets with SO_REUSEADDR: the port of a broker that just died is usable at once. Its own
            // option of that name would add SO_REUSEPORT, and a taken port would go unnoticed.
            listener.Bind(endpoint);
            listener.Listen(128);
            return listener;
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    // A signal that lands on the cluster's thread interrupts its poll, and it takes that for the end: its threads are
    // started with every signal blocked, which they inherit.
    private static nint NewCluster()
    {
        var before = LibC.BlockAllSignals();
        try
        {
            var cluster = Librdkafka.NewMockCluster(Librdkafka.NewProducer(), brokers: 1);
            return cluster != 0 ? cluster : throw new InvalidOperationException("librdkafka started no broker");
        }
        finally
        {
            LibC.RestoreSignals(before);
        }
    }

    private static int FindListener(int port)
    {
        foreach (var entry in Directory.EnumerateFileSystemEntries("/proc/self/fd"))
        {
            var descriptor = int.Parse(Path.GetFileName(entry));
            if (LibC.LocalPort(descriptor) == port)
            {
                return descriptor;
            }
        }

        throw new InvalidOperationException($"no socket of this process listens on port {port}");
    }
}
