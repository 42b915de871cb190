using System.Globalization;
using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses;

/// <summary>What an Apache Kafka of its own is started with.</summary>
/// <param name="Home">Folder of the distribution: the one with <c>bin/kafka-server-start.sh</c>.</param>
public sealed record ApacheKafkaOptions(string Home)
{
    /// <summary>Folder for the log; null = a temporary one that goes with the server.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Loopback port; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>Topics that exist once the start has completed.</summary>
    public IReadOnlyList<string> Topics { get; init; } = [];

    /// <summary>Partitions of each topic.</summary>
    public int Partitions { get; init; } = 12;

    /// <summary>Gets every line of the server's log.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>An Apache Kafka that is on the machine already: one node, broker and controller in one (KRaft).</summary>
public sealed class ApacheKafka : ServerProcess
{
    private readonly ApacheKafkaOptions _options;
    private readonly string _folder;
    private readonly string? _temporary;
    private readonly int _controllerPort = FreePort.Next();

    /// <summary>Starts nothing yet.</summary>
    public ApacheKafka(ApacheKafkaOptions options)
        : base(
            "Apache Kafka",
            options.Port == 0 ? FreePort.Next() : options.Port,
            TimeSpan.FromSeconds(60),
            options.Log
        )
    {
        _options = options;
        _temporary = options.DataDirectory is null ? ServerFolder.CreateTemporary("commerce-kafka-") : null;
        _folder = options.DataDirectory ?? _temporary!;
    }

    /// <summary>Bootstrap servers: <c>host:port</c>.</summary>
    public override string ConnectionString => $"127.0.0.1:{Port}";

    /// <summary>Formats the folder when it is new, starts the server and creates the topics.</summary>
    /// <exception cref="InvalidOperationException">Not a Kafka folder, or it does not come up; the message says why.</exception>
    public static Task<ApacheKafka> StartAsync(
        ApacheKafkaOptions options,
        CancellationToken cancellationToken = default
    ) => StartedAsync(new ApacheKafka(options), cancellationToken);

    private protected override async Task<ProcessSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        var start = Script("kafka-server-start.sh");
        if (!File.Exists(start))
        {
            throw new InvalidOperationException($"KAFKA_HOME has no Apache Kafka: {start} is missing.");
        }

        await ServerFolder.CreateForAsync(_folder, account: null, cancellationToken);
        var properties = Path.Combine(_folder, "server.properties");
        await File.WriteAllLinesAsync(properties, Properties(), cancellationToken);
        if (!File.Exists(Path.Combine(_folder, "log", "meta.properties")))
        {
            var cluster = Convert
                .ToBase64String(Guid.NewGuid().ToByteArray())
                .TrimEnd('=')
                .Replace('+', '-')
                .Replace('/', '_');
            var format = new ProcessSpec(Script("kafka-storage.sh"), ["format", "-t", cluster, "-c", properties])
            {
                Environment = Environment(),
            };
            await ChildProcess.RunAsync(format, cancellationToken);
        }

        return new ProcessSpec(start, [properties]) { Environment = Environment(), DeathSignal = "TERM" };
    }

    private protected override Task<bool> ProbeAsync(CancellationToken cancellationToken) =>
        KafkaProbe.AnswersAsync(Port, cancellationToken);

    private protected override Task AfterStartAsync(CancellationToken cancellationToken) =>
        KafkaProbe.CreateTopicsAsync(Port, _options.Topics, _options.Partitions, cancellationToken);

    private protected override Task CleanUpAsync()
    {
        if (_temporary is not null)
        {
            ServerFolder.Remove(_temporary);
        }

        return Task.CompletedTask;
    }

    private string Script(string name) => Path.Combine(_options.Home, "bin", name);

    private Dictionary<string, string> Environment() =>
        new() { ["LOG_DIR"] = Path.Combine(_folder, "server-log"), ["KAFKA_HEAP_OPTS"] = "-Xms256m -Xmx512m" };

    private IEnumerable<string> Properties() =>
        [
            "process.roles=broker,controller",
            "node.id=1",
            $"controller.quorum.voters=1@127.0.0.1:{_controllerPort}",
            $"listeners=PLAINTEXT://127.0.0.1:{Port},CONTROLLER://127.0.0.1:{_controllerPort}",
            $"advertised.listeners=PLAINTEXT://127.0.0.1:{Port}",
            "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "controller.listener.names=CONTROLLER",
            $"log.dirs={Path.Combine(_folder, "log")}",
            $"num.partitions={_options.Partitions.ToString(CultureInfo.InvariantCulture)}",
            "offsets.topic.replication.factor=1",
            "transaction.state.log.replication.factor=1",
            "transaction.state.log.min.isr=1",
            "group.initial.rebalance.delay.ms=0",
        ];
}
