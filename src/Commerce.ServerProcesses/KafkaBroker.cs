using System.Globalization;
using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses;

/// <summary>What an embedded broker of its own is started with.</summary>
public sealed record KafkaBrokerOptions
{
    /// <summary>Topics that exist, empty, once the start has completed.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Partitions of each topic.</summary>
    public int Partitions { get; init; } = 12;

    /// <summary>Loopback port; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>The broker's assembly; null = where the build put Commerce.KafkaBroker.</summary>
    public string? BrokerAssembly { get; init; }

    /// <summary>Gets every line of the broker's log.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>
/// The embedded Kafka broker in a process of its own. It keeps everything in memory: every restart starts empty, which
/// is what the platform has to stand.
/// </summary>
public sealed class KafkaBroker : ServerProcess
{
    private readonly KafkaBrokerOptions _options;
    private readonly string _assembly;

    /// <summary>Starts nothing yet.</summary>
    public KafkaBroker(KafkaBrokerOptions options)
        : base("Kafka", options.Port == 0 ? FreePort.Next() : options.Port, TimeSpan.FromSeconds(30), options.Log)
    {
        _options = options;
        _assembly = options.BrokerAssembly ?? BuildFacts.BrokerAssembly;
    }

    /// <summary>Bootstrap servers: <c>host:port</c>.</summary>
    public override string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Starts the broker and waits until it answers a request and has its topics.</summary>
    /// <exception cref="InvalidOperationException">Not built, or it does not come up; the message says why.</exception>
    public static Task<KafkaBroker> StartAsync(
        KafkaBrokerOptions? options = null,
        CancellationToken cancellationToken = default
    ) => StartedAsync(new KafkaBroker(options ?? new KafkaBrokerOptions()), cancellationToken);

    private protected override StopMode DisposeMode => StopMode.Immediate;

    private protected override Task<ProcessSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(_assembly))
        {
            throw new InvalidOperationException(
                $"The embedded broker is not built: {_assembly}. Build it: dotnet build src/Commerce.KafkaBroker"
            );
        }

        string[] arguments =
        [
            _assembly,
            "--port",
            Port.ToString(CultureInfo.InvariantCulture),
            "--partitions",
            _options.Partitions.ToString(CultureInfo.InvariantCulture),
            .. _options.Topics.Count == 0 ? Array.Empty<string>() : ["--topics", string.Join(',', _options.Topics)],
        ];
        return Task.FromResult(new ProcessSpec(BuildFacts.Dotnet, arguments));
    }

    private protected override Task<bool> ProbeAsync(CancellationToken cancellationToken) =>
        KafkaProbe.AnswersAsync(Port, cancellationToken);
}
