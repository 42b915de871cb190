using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Tests;

public sealed class The_end_of_a_platform
{
    [Theory]
    [InlineData(Libc.SigTerm, new[] { "--Postgres", "yes" })]
    [InlineData(Libc.SigInt, new string[0])]
    public async Task A_signal_stops_everything_and_leaves_no_process(int signal, string[] arguments)
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home, arguments);
        host.Processes().Count.ShouldBeGreaterThanOrEqualTo(3);

        host.Signal(signal);

        (await host.EndAsync()).ShouldBe(0);
        await Until.TrueAsync(() => host.Processes().Count == 0, "all processes are gone", TimeSpan.FromSeconds(5));
        File.Exists(home.Paths.State).ShouldBeFalse();
        (await host.Output).ShouldContain("Redis Insight for redis needs a container and is left out.");
    }

    [Fact]
    public async Task Kill_9_of_the_AppHost_leaves_no_process()
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home, "--Postgres", "yes");
        var pids = host.Processes();
        pids.Count.ShouldBeGreaterThanOrEqualTo(4);

        host.Signal(Libc.SigKill);

        await host.EndAsync();
        await Until.TrueAsync(() => host.Processes().Count == 0, "all processes are gone", TimeSpan.FromSeconds(10));
        pids.ShouldAllBe(pid => !ProcessTree.Exists(pid));
        File.Exists(home.Paths.State).ShouldBeFalse();
        // Whoever waits for our output must not wait for a child that inherited it.
        await host.Output.WaitAsync(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Kill_9_in_the_middle_of_the_start_leaves_no_process()
    {
        using var home = new Home();
        await using var host = SampleHost.Launch(home, "--Postgres", "yes");
        await Until.TrueAsync(() => host.Processes().Count > 1, "the first process is there");

        host.Signal(Libc.SigKill);

        await host.EndAsync();
        await Until.TrueAsync(() => host.Processes().Count == 0, "all processes are gone", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task A_process_that_cannot_start_fails_the_start_with_its_reason()
    {
        using var home = new Home();
        await using var host = SampleHost.Launch(
            home,
            "--FrontendFails",
            "the till is locked",
            "--Native:FirstAttempts",
            "2"
        );

        (await host.EndAsync()).ShouldBe(1);

        (await host.Errors).ShouldContain("front-end: ended with code 3");
        (await host.Errors).ShouldContain("the till is locked");
        (await File.ReadAllTextAsync(home.Paths.Failure)).ShouldContain("the till is locked");
        await Until.TrueAsync(() => host.Processes().Count == 0, "all processes are gone", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Two_platforms_run_side_by_side_but_not_in_one_folder()
    {
        using var one = new Home();
        using var other = new Home();
        await using var first = await SampleHost.StartAsync(one);
        await using var second = await SampleHost.StartAsync(other);
        await using var intruder = SampleHost.Launch(one);

        (await intruder.EndAsync()).ShouldBe(1);
        (await intruder.Errors).ShouldContain($"is running already (process {first.Pid})");
        first.State.Urls.Values.Intersect(second.State.Urls.Values, StringComparer.Ordinal).ShouldBeEmpty();
        (await second.StopAsync()).ShouldBe(0);
        (await first.AboutAsync("front-end")).Pid.ShouldBePositive();
    }
}
