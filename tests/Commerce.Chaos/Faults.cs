using System.Collections.Frozen;

namespace Commerce.Chaos;

/// <summary>Injects one fault and returns when it is over; the platform may still be recovering then.</summary>
internal delegate Task Fault(PlatformUnderTest platform, Random random);

/// <summary>Everything that is done to a platform, by name.</summary>
internal static class Faults
{
    private static readonly TimeSpan Frozen = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Away = TimeSpan.FromSeconds(6);

    // Under libfaketime the timed waits of .NET and of librdkafka end at once and begin again: a process takes all of two cores, two
    // replicas start for more than a minute.
    private static readonly TimeSpan StartUnderAnotherClock = TimeSpan.FromMinutes(4);
    private static readonly string[] Services = ["identity", "catalog", "order", "payment", "delivery"];

    // A service that answers people checks their tokens by its clock, as it should; these only hear events.
    private static readonly string[] Listeners = ["catalog", "payment", "delivery"];

    public static FrozenDictionary<string, Fault> All { get; } =
        new Dictionary<string, Fault>(StringComparer.Ordinal)
        {
            // A service's process is its relay's and its consumers' process too.
            ["kill-identity"] = (platform, _) => platform.KillAsync("identity"),
            ["kill-catalog"] = (platform, _) => platform.KillAsync("catalog"),
            ["kill-order"] = (platform, _) => platform.KillAsync("order"),
            ["kill-payment"] = (platform, _) => platform.KillAsync("payment"),
            ["kill-delivery"] = (platform, _) => platform.KillAsync("delivery"),
            ["kill-payment-provider"] = (platform, _) => platform.KillAsync("payment-provider"),
            ["kill-storefront"] = (platform, _) => platform.KillAsync("storefront"),
            ["broker-comes-back-empty"] = (platform, _) => platform.KillAsync("kafka"),
            ["redis-comes-back-empty"] = EmptyRedisAsync,
            ["postgres-restarts-fast"] = (platform, _) => RestartPostgresAsync(platform, "INT"),
            ["postgres-restarts-immediately"] = (platform, _) => RestartPostgresAsync(platform, "QUIT"),
            ["service-frozen-30s"] = FreezeAsync,
            ["rolling-restart"] = RollAsync,
            ["one-of-two-replicas-killed"] = KillReplicaAsync,
            ["provider-unreachable"] = ProviderAwayAsync,
            ["topic-redelivered-shuffled"] = (platform, random) =>
                Redelivery.RepeatAsync(platform.Urls["kafka"], Pick(Redelivery.Topics, random), random),
            ["clock-10min-ahead"] = (platform, random) => ClockAsync(platform, Pick(Listeners, random), "+10m"),
            ["clock-10min-behind"] = (platform, random) => ClockAsync(platform, Pick(Listeners, random), "-10m"),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static async Task EmptyRedisAsync(PlatformUnderTest platform, Random random)
    {
        // What it keeps on disk goes too: a kill alone would bring it back.
        await platform.EmptyRedisAsync();
        await platform.KillAsync("redis");
    }

    /// <summary>SIGINT ends PostgreSQL's sessions in order, SIGQUIT leaves the log to its recovery; it is started again.</summary>
    private static async Task RestartPostgresAsync(PlatformUnderTest platform, string signal)
    {
        var before = platform.ProcessesOf("postgres")[0].Pid;
        await platform.SignalAsync("postgres", signal);
        while (platform.ProcessesOf("postgres")[0].Pid is var now && (now is null || now == before))
        {
            await Task.Delay(50);
        }
    }

    private static async Task FreezeAsync(PlatformUnderTest platform, Random random)
    {
        var service = Pick(Services, random);
        await platform.SignalAsync(service, "STOP");
        try
        {
            await Task.Delay(Frozen);
        }
        finally
        {
            await platform.SignalAsync(service, "CONT");
        }
    }

    /// <summary>As an upgrade goes: each service ends in order and comes back before the next one's turn.</summary>
    private static async Task RollAsync(PlatformUnderTest platform, Random random)
    {
        foreach (var service in Services)
        {
            await platform.StopAsync(service);
            await platform.StartAsync(service);
            await platform.WaitUntilHealthyAsync(TimeSpan.FromSeconds(60));
        }
    }

    private static async Task KillReplicaAsync(PlatformUnderTest platform, Random random)
    {
        var replicated = platform.Resources.GroupBy(resource => resource.Name).Where(all => all.Count() > 1).ToList();
        await platform.KillAsync(replicated[random.Next(replicated.Count)].Last().Id);
    }

    private static async Task ProviderAwayAsync(PlatformUnderTest platform, Random random)
    {
        await platform.StopAsync("payment-provider");
        await Task.Delay(Away);
        await platform.StartAsync("payment-provider");
    }

    /// <summary>Runs a service with another clock for a while; the monotonic clock, which timers use, stays.</summary>
    private static async Task ClockAsync(PlatformUnderTest platform, string service, string offset)
    {
        var library = Directory
            .EnumerateFiles("/usr/lib", "libfaketime.so.1", SearchOption.AllDirectories)
            .FirstOrDefault();
        if (library is null)
        {
            throw new InvalidOperationException("libfaketime is not here: apt-get install faketime.");
        }

        platform.SetEnvironment(
            service,
            new()
            {
                ["LD_PRELOAD"] = library,
                ["FAKETIME"] = offset,
                ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            }
        );
        await platform.KillAsync(service);
        await platform.WaitUntilHealthyAsync(StartUnderAnotherClock);
        await Task.Delay(Away);
        platform.SetEnvironment(service, []);
        await platform.KillAsync(service);
    }

    private static string Pick(string[] names, Random random) => names[random.Next(names.Length)];
}
