using Commerce.PlatformTesting;

namespace Commerce.AppHost.Tests;

/// <summary>What ends by itself is started again; what somebody stopped stays down.</summary>
public sealed class RestartTests : IAsyncLifetime
{
    private static readonly TimeSpan Back = TimeSpan.FromSeconds(60);
    private PlatformUnderTest _platform = null!;

    public async Task InitializeAsync() =>
        _platform = await PlatformUnderTest.StartAsync(
            new PlatformSettings { Replicas = new Dictionary<string, int>(StringComparer.Ordinal) { ["catalog"] = 2 } }
        );

    public async Task DisposeAsync() => await _platform.DisposeAsync();

    [Fact]
    public async Task A_stop_holds_a_crash_does_not_and_replicas_and_servers_are_no_exception()
    {
        foreach (var name in new[] { "delivery", "redis", "postgres", "kafka" })
        {
            var before = _platform.ProcessesOf(name)[0].Pid;
            await _platform.SignalAsync(name, "KILL");
            await UntilAsync(
                () => _platform.ProcessesOf(name)[0].Pid is { } now && now != before,
                $"{name} runs again"
            );
        }

        await _platform.WaitUntilHealthyAsync(Back);
        var (killed, spared) = (_platform.ProcessesOf("catalog")[0], _platform.ProcessesOf("catalog")[1]);
        await _platform.KillAsync(killed.Id);
        await UntilAsync(
            () => _platform.ProcessesOf(killed.Id)[0].Pid is { } now && now != killed.Pid,
            "the killed replica runs again"
        );
        _platform.ProcessesOf(spared.Id)[0].Pid.ShouldBe(spared.Pid);

        foreach (var name in new[] { "delivery", "postgres" })
        {
            var stopped = DateTime.UtcNow;
            await _platform.StopAsync(name);
            (DateTime.UtcNow - stopped).ShouldBeLessThan(TimeSpan.FromSeconds(9), "it was told in its own way to end");
            // Longer than the first restart would have taken: another resource goes down and comes back meanwhile.
            await _platform.KillAsync("payment-provider");
            await _platform.WaitUntilHealthyAsync(Back, "payment-provider");
            _platform.ProcessesOf(name)[0].Pid.ShouldBeNull($"{name} was stopped by hand");
            await _platform.StartAsync(name);
            await _platform.WaitUntilHealthyAsync(Back, name);
        }

        await _platform.WaitUntilHealthyAsync(Back);
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        var until = DateTime.UtcNow + Back;
        while (!condition())
        {
            (DateTime.UtcNow < until).ShouldBeTrue(what);
            await Task.Delay(50);
        }
    }
}
