using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Commerce.ServiceDefaults.Redis;

/// <summary>
/// The way to Redis, and the one place that knows what to do when it is away. Nothing is connected before the first call. Each
/// call ends within <see cref="Timeout"/> (the first ones within <see cref="ConnectTimeout"/>). One that does not, or finds no
/// connection, shuts the gate: calls then end at once, until Redis has answered a PING that is sent in the background. So a Redis
/// that is dead or frozen costs one time-out, however many calls there are. One gate for each process.
/// </summary>
public sealed class RedisGate : IAsyncDisposable
{
    /// <summary>Redis answers in less than a millisecond; pauses of a busy machine and its processes fit in.</summary>
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);

    /// <summary>Longer than the client takes to give up its first attempt (1 s).</summary>
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskAgainAfter = TimeSpan.FromMilliseconds(500);

    private readonly Func<Task<IConnectionMultiplexer>> _connect;
    private readonly ILogger<RedisGate> _logger;
    private readonly CancellationTokenSource _end = new();
    private readonly CancellationToken _ended;
    private readonly Lock _connecting = new();
    private volatile Task<IConnectionMultiplexer>? _connection;
    private int _shut;

    /// <param name="configuration">In the client's own form: <c>host:port,password=…</c>.</param>
    /// <exception cref="ArgumentException">The configuration is malformed.</exception>
    public RedisGate(string configuration, ILogger<RedisGate> logger)
        : this(Connector(Options(configuration)), logger) { }

    internal RedisGate(Func<Task<IConnectionMultiplexer>> connect, ILogger<RedisGate> logger)
    {
        _connect = connect;
        _logger = logger;
        _ended = _end.Token;
    }

    /// <summary>Whether calls end at once for want of Redis.</summary>
    public bool IsShut => Volatile.Read(ref _shut) != 0;

    /// <summary>What <paramref name="call"/> answers.</summary>
    /// <exception cref="RedisAwayException">There is no answer.</exception>
    public async Task<T> AskAsync<T>(Func<IDatabase, Task<T>> call)
    {
        if (IsShut)
        {
            throw new RedisAwayException("Redis is away");
        }

        try
        {
            return await UseAsync(call);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            // What Redis itself refuses says nothing about the next call.
            if (exception is not RedisServerException)
            {
                Shut(exception);
            }

            throw new RedisAwayException("Redis gave no answer", exception);
        }
    }

    /// <summary>
    /// What <paramref name="call"/> answers; <c>default</c> when there is no answer. Never throws for want of Redis, so it need not
    /// be awaited: the commands of calls that one thread makes reach Redis in their order, once there is a connection.
    /// </summary>
    public async Task<T?> TryAsync<T>(Func<IDatabase, Task<T>> call)
    {
        if (IsShut)
        {
            return default;
        }

        try
        {
            return await AskAsync(call);
        }
        catch (RedisAwayException exception)
        {
            if (exception.InnerException is RedisServerException refusal)
            {
                _logger.LogWarning(refusal, "Redis refused a call");
            }

            return default;
        }
    }

    /// <inheritdoc cref="TryAsync{T}"/>
    public Task TryAsync(Func<IDatabase, Task> call) =>
        TryAsync(async redis =>
        {
            await call(redis);
            return true;
        });

    /// <summary>
    /// The connection, for what is no call: subscriptions. Begun when there is none; one that could not be made is not kept, the
    /// next caller tries again. It may be there before Redis is, and finds Redis by itself.
    /// </summary>
    public Task<IConnectionMultiplexer> ConnectionAsync()
    {
        if (_connection is { IsCompletedSuccessfully: true } ready)
        {
            return ready;
        }

        lock (_connecting)
        {
            if (_connection is null or { IsFaulted: true } or { IsCanceled: true })
            {
                ObjectDisposedException.ThrowIf(_ended.IsCancellationRequested, this);
                // Not on the caller's thread: the client does much before it waits for the first time.
                _connection = Task.Run(_connect);
            }

            return _connection;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        Task<IConnectionMultiplexer>? connection;
        lock (_connecting)
        {
            connection = _connection;
        }

        try
        {
            if (connection is not null)
            {
                await (await connection).DisposeAsync();
            }
        }
        catch (RedisException exception)
        {
            _logger.LogDebug(exception, "There was no connection to close");
        }

        _end.Dispose();
    }

    private async Task<T> UseAsync<T>(Func<IDatabase, Task<T>> call)
    {
        var connection = await ConnectionAsync().WaitAsync(ConnectTimeout);
        // The client has a bound of its own and looks at it once a second only.
        return await call(connection.GetDatabase()).WaitAsync(Timeout);
    }

    private void Shut(Exception reason)
    {
        if (Interlocked.Exchange(ref _shut, 1) != 0 || _ended.IsCancellationRequested)
        {
            return;
        }

        _logger.LogWarning("Redis is away ({Reason}); what can do without it goes on", reason.GetType().Name);
        _ = Task.Run(ReopenAsync, CancellationToken.None);
    }

    private async Task ReopenAsync()
    {
        // The first time at once: it may have been this process that stood still, not Redis.
        while (!await AnswersAsync())
        {
            await Task.Delay(AskAgainAfter, _ended).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_ended.IsCancellationRequested)
            {
                return;
            }
        }

        Volatile.Write(ref _shut, 0);
        _logger.LogInformation("Redis is back");
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            await UseAsync(redis => redis.PingAsync());
            return true;
        }
        catch (Exception exception)
        {
            // Whatever it is, there was no answer; an exception here would keep the gate shut for ever.
            _logger.LogDebug(exception, "Redis is still away");
            return false;
        }
    }

    private static Func<Task<IConnectionMultiplexer>> Connector(ConfigurationOptions options) =>
        async () => await ConnectionMultiplexer.ConnectAsync(options);

    private static ConfigurationOptions Options(string configuration)
    {
        var options = ConfigurationOptions.Parse(configuration);
        options.AbortOnConnectFail = false;
        options.ConnectRetry = 1;
        options.ConnectTimeout = 1_000;
        options.KeepAlive = 10;
        options.SyncTimeout = options.AsyncTimeout = (int)Timeout.TotalMilliseconds;
        // Nobody waits for what would be sent later.
        options.BacklogPolicy = BacklogPolicy.FailFast;
        // The client's own pauses grow up to a minute, which would be the shop's after a long absence.
        options.ReconnectRetryPolicy = new LinearRetry(1_000);
        return options;
    }
}
