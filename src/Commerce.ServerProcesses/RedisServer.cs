using System.Net.Sockets;
using System.Text;
using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses;

/// <summary>What a Redis server of its own is started with. Every value has a default fit for a test.</summary>
public sealed record RedisServerOptions
{
    /// <summary>Folder for the append-only file; null = nothing is kept.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Loopback port; 0 = a free one.</summary>
    public int Port { get; init; }

    /// <summary>Password of the default user; null = a random one.</summary>
    public string? Password { get; init; }

    /// <summary>Gets every line of the server's log.</summary>
    public Action<string>? Log { get; init; }
}

/// <summary>redis-server from the machine's own packages on 127.0.0.1, with a password.</summary>
public sealed class RedisServer : ServerProcess
{
    private readonly string _folder;
    private readonly bool _kept;
    private readonly string _password;

    /// <summary>Starts nothing yet.</summary>
    public RedisServer(RedisServerOptions options)
        : base("Redis", options.Port == 0 ? FreePort.Next() : options.Port, TimeSpan.FromSeconds(30), options.Log)
    {
        _kept = options.DataDirectory is not null;
        _folder = options.DataDirectory ?? ServerFolder.CreateTemporary("commerce-redis-");
        _password = options.Password ?? Secret.Generate(22);
    }

    /// <summary>StackExchange.Redis form: <c>host:port,password=…</c>, as Aspire gives it.</summary>
    public override string ConnectionString => $"127.0.0.1:{Port},password={_password}";

    /// <summary>Starts the server and waits until it answers a PING.</summary>
    /// <exception cref="InvalidOperationException">No redis-server, or it does not come up; the message says why.</exception>
    public static Task<RedisServer> StartAsync(
        RedisServerOptions? options = null,
        CancellationToken cancellationToken = default
    ) => StartedAsync(new RedisServer(options ?? new RedisServerOptions()), cancellationToken);

    private protected override async Task<ProcessSpec> PrepareAsync(CancellationToken cancellationToken)
    {
        var lines = new List<string>
        {
            "bind 127.0.0.1",
            $"port {Port}",
            "daemonize no",
            $"requirepass {_password}",
            "tcp-backlog 128",
        };
        lines.AddRange(
            _kept ? [$"dir \"{_folder}\"", "appendonly yes", "appendfsync everysec"] : ["save \"\"", "appendonly no"]
        );
        await ServerFolder.CreateForAsync(_folder, account: null, cancellationToken);
        // In a file that only its owner reads: an argument would show the password to every account.
        var settings = Path.Combine(_folder, "redis.conf");
        Secret.Write(settings, string.Join('\n', lines) + '\n');
        return new ProcessSpec("redis-server", [settings]) { DeathSignal = "TERM" };
    }

    private protected override Task CleanUpAsync()
    {
        if (!_kept)
        {
            ServerFolder.Remove(_folder);
        }

        return Task.CompletedTask;
    }

    private protected override async Task<bool> ProbeAsync(CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync("127.0.0.1", Port, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {_password}\r\nPING\r\n"), cancellationToken);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadLineAsync(cancellationToken) == "+OK"
            && await reader.ReadLineAsync(cancellationToken) == "+PONG";
    }
}
