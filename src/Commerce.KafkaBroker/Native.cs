using System.Buffers.Binary;
using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Commerce.KafkaBroker;

/// <summary>The few functions of librdkafka's C API that make a broker. All but the constructors are thread-safe.</summary>
internal static partial class Librdkafka
{
    private const string Library = "librdkafka";
    private const int Producer = 0;
    private const int ErrorLength = 512;

    // The package's own build needs a libsasl2 that Debian and Ubuntu do not have; the others beside it need only libc. Confluent's
    // client tries one after the other, and so do we.
    private static readonly string[] Builds = [Library, "centos8-librdkafka", "alpine-librdkafka"];

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Load);

    /// <summary>A client instance, which a mock cluster needs as its home.</summary>
    public static nint NewProducer()
    {
        var error = new byte[ErrorLength];
        var configuration = NewConfiguration();
        // Warnings and worse: as a client it would only complain that it has no broker to talk to.
        var set = Configure(configuration, "log_level", "4", error, ErrorLength);
        var client = set == 0 ? New(Producer, configuration, error, ErrorLength) : 0;
        return client != 0
            ? client
            : throw new InvalidOperationException(System.Text.Encoding.UTF8.GetString(error).TrimEnd('\0'));
    }

    /// <summary>The port that the system gave to the cluster's only broker.</summary>
    public static int BootstrapPort(nint cluster)
    {
        var address = Marshal.PtrToStringUTF8(Bootstraps(cluster)) ?? "";
        return int.Parse(address.AsSpan(address.LastIndexOf(':') + 1), CultureInfo.InvariantCulture);
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint NewMockCluster(nint client, int brokers);

    [LibraryImport(
        Library,
        EntryPoint = "rd_kafka_mock_broker_set_host_port",
        StringMarshalling = StringMarshalling.Utf8
    )]
    public static partial void SetHostPort(nint cluster, int broker, string host, int port);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_group_initial_rebalance_delay_ms")]
    public static partial void SetFirstRebalanceDelay(nint cluster, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string topic, int partitions, int replicationFactor);

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    private static partial nint NewConfiguration();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Configure(
        nint configuration,
        string name,
        string value,
        [Out] byte[] error,
        nuint errorLength
    );

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, [Out] byte[] error, nuint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint Bootstraps(nint cluster);

    // 0 = not ours, or none fits: the runtime then looks for itself and says what is missing.
    private static nint Load(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name == Library)
        {
            foreach (var build in Builds)
            {
                if (NativeLibrary.TryLoad(build, assembly, path, out var handle))
                {
                    return handle;
                }
            }
        }

        return 0;
    }
}

/// <summary>Descriptors and signals, which .NET keeps to itself. Linux only.</summary>
internal static partial class LibC
{
    private const int SetMask = 2;
    private const int SolSocket = 1;
    private const int AcceptsConnections = 30;

    // sizeof(sigset_t) with glibc and musl.
    private const int SignalSetSize = 128;

    /// <summary>Makes <paramref name="to"/> name the same open file as <paramref name="from"/>, in one step.</summary>
    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int from, int to);

    /// <summary>Blocks every signal for the calling thread and those that it starts; gives the mask of before.</summary>
    public static byte[] BlockAllSignals()
    {
        var (all, before) = (new byte[SignalSetSize], new byte[SignalSetSize]);
        Array.Fill(all, byte.MaxValue);
        ChangeSignalMask(SetMask, all, before);
        return before;
    }

    /// <summary>Undoes <see cref="BlockAllSignals"/>.</summary>
    public static void RestoreSignals(byte[] before) => ChangeSignalMask(SetMask, before, new byte[SignalSetSize]);

    /// <summary>The IPv4 port that a listening socket is bound to, or -1 for any other descriptor.</summary>
    public static int LocalPort(int descriptor)
    {
        var (listens, size) = (0, sizeof(int));
        if (GetOption(descriptor, SolSocket, AcceptsConnections, ref listens, ref size) != 0 || listens == 0)
        {
            return -1;
        }

        // struct sockaddr_in: family (2 bytes), port in network order (2), address (4), padding (8).
        var (address, length) = (new byte[16], 16);
        return GetName(descriptor, address, ref length) == 0
            ? BinaryPrimitives.ReadUInt16BigEndian(address.AsSpan(2))
            : -1;
    }

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int ChangeSignalMask(int how, byte[] set, [Out] byte[] before);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    private static partial int GetOption(int descriptor, int level, int option, ref int value, ref int size);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    private static partial int GetName(int descriptor, [Out] byte[] address, ref int length);
}
