using System.Collections.Concurrent;
using System.Globalization;
using Commerce.Contracts.Live;
using Commerce.ServiceDefaults.Redis;
using StackExchange.Redis;

namespace Commerce.Storefront.Live;

/// <summary>
/// Passes on what the services say on <see cref="LiveChannels"/>. Hints only: whoever hears one reads again, and while Redis is
/// away pages read by the clock.
/// </summary>
internal sealed class LiveUpdates(RedisGate redis, ILogger<LiveUpdates> logger) : BackgroundService
{
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<(string Channel, Guid Id), Watchers> _watchers = new();
    private IConnectionMultiplexer? _connection;
    private Action<string, Guid?>? _all;

    /// <summary>Whether hints arrive at present; pages poll while it is false.</summary>
    public bool IsLive => _connection?.IsConnected is true && !redis.IsShut;

    /// <summary>Calls back with the channel and the id of every hint, before those who watch that one id. Must not block.</summary>
    public void ListenToAll(Action<string, Guid?> onHint) => _all += onHint;

    /// <summary>Calls back with the message's rest (the part behind the id, may be empty) until disposed. Callbacks must not block.</summary>
    public IDisposable Watch(string channel, Guid id, Action<string> onMessage)
    {
        var culture = CultureInfo.CurrentUICulture;
        return Add((channel, id), Tell);

        // Redis' thread speaks no language: what is drawn because of the message would come out in another one.
        void Tell(string message)
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = culture;
            onMessage(message);
        }
    }

    private Subscription Add((string Channel, Guid Id) key, Action<string> onMessage)
    {
        while (true)
        {
            var watchers = _watchers.GetOrAdd(key, _ => new Watchers());
            lock (watchers)
            {
                // A list that emptied just now has left the dictionary; take a new one.
                if (watchers.Gone)
                {
                    continue;
                }

                watchers.Callbacks = [.. watchers.Callbacks, onMessage];
                return new Subscription(() => Unwatch(key, watchers, onMessage));
            }
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        _connection = await ConnectAsync(stoppingToken);
        var subscriber = _connection.GetSubscriber();
        foreach (var channel in LiveChannels.All)
        {
            try
            {
                await subscriber
                    .SubscribeAsync(RedisChannel.Literal(channel), (_, message) => Tell(channel, message))
                    .WaitAsync(stoppingToken);
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                // The client has noted it all the same, and subscribes whenever the connection comes, or comes back.
                logger.LogDebug(e, "No live updates yet: Redis is away");
            }
        }
    }

    private async Task<IConnectionMultiplexer> ConnectAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                return await redis.ConnectionAsync().WaitAsync(stoppingToken);
            }
            catch (RedisException e)
            {
                logger.LogDebug(e, "No live updates yet: there is no connection to Redis");
            }

            await Task.Delay(Retry, stoppingToken);
        }
    }

    private void Tell(string channel, string? message)
    {
        var subject = LiveChannels.ReadSubject(message);
        _all?.Invoke(channel, subject);
        if (subject is not { } watched || !_watchers.TryGetValue((channel, watched), out var watchers))
        {
            return;
        }

        // A guid is 36 characters; what follows the colon is the channel's own.
        var rest = message!.Length > 37 ? message[37..] : "";
        foreach (var callback in watchers.Callbacks)
        {
            try
            {
                callback(rest);
            }
            catch (Exception e)
            {
                logger.LogWarning(e, "A page did not take a live update");
            }
        }
    }

    private void Unwatch((string, Guid) key, Watchers watchers, Action<string> onMessage)
    {
        lock (watchers)
        {
            watchers.Callbacks = [.. watchers.Callbacks.Where(c => c != onMessage)];
            if (watchers.Callbacks.Length == 0)
            {
                watchers.Gone = true;
                _watchers.TryRemove(KeyValuePair.Create(key, watchers));
            }
        }
    }

    private sealed class Watchers
    {
        public Action<string>[] Callbacks { get; set; } = [];
        public bool Gone { get; set; }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
