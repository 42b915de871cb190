using System.Globalization;
using System.Net;
using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Tests;

public sealed class A_running_platform
{
    [Fact]
    public async Task Its_processes_get_the_environment_that_Aspire_injects()
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home);

        var backend = await host.GetAsync<Dictionary<string, string>>("backend", "/environment");
        var frontend = await host.GetAsync<Dictionary<string, string>>("front-end", "/environment");

        var redis = host.State.ConnectionStrings["redis"];
        var (port, password) = (redis.Split(',')[0].Split(':')[1], redis.Split("password=")[1]);
        backend.ShouldSatisfyAllConditions(
            () => backend["ConnectionStrings__redis"].ShouldBe(redis),
            () => backend["REDIS_HOST"].ShouldBe("127.0.0.1"),
            () => backend["REDIS_PORT"].ShouldBe(port),
            () => backend["REDIS_PASSWORD"].ShouldBe(password),
            () => backend["REDIS_URI"].ShouldBe($"redis://:{password}@127.0.0.1:{port}"),
            () => backend["ASPNETCORE_URLS"].ShouldBe(host.State.Urls["backend"]),
            () => backend["ASPNETCORE_ENVIRONMENT"].ShouldBe("Development")
        );
        frontend.ShouldSatisfyAllConditions(
            () => frontend["services__backend__http__0"].ShouldBe(host.State.Urls["backend"]),
            () => frontend["BACKEND_HTTP"].ShouldBe(host.State.Urls["backend"]),
            () => frontend["Sample__Key"].ShouldBe(File.ReadAllText(Path.Combine(home.Paths.Secrets, "sample-key"))),
            () => frontend.Keys.ShouldNotContain("ConnectionStrings__redis")
        );
    }

    [Fact]
    public async Task A_resource_starts_only_when_the_one_it_waits_for_is_healthy()
    {
        using var home = new Home();
        await using var host = SampleHost.Launch(home, "--BackendHealthyAfter", "00:00:01.5");
        await host.UntilStartingAsync();
        await Until.TrueAsync(
            async () => (await host.ResourceAsync("backend")).Health == "Unhealthy",
            "the backend is up and not healthy"
        );
        (await host.ResourceAsync("front-end")).State.ShouldBe("Waiting");
        File.Exists(home.Paths.State).ShouldBeFalse();

        await host.UntilUpAsync();

        var (backend, frontend) = (await host.AboutAsync("backend"), await host.AboutAsync("front-end"));
        (frontend.StartedAt - backend.StartedAt).ShouldBeGreaterThan(TimeSpan.FromSeconds(1.5));
    }

    [Fact]
    public async Task A_killed_process_comes_back_on_the_same_address()
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home);
        var first = await host.AboutAsync("backend");

        Libc.Signal(first.Pid, Libc.SigKill);
        await Until.TrueAsync(
            async () => await host.ResourceAsync("backend") is { Restarts: 1, Health: "Healthy" },
            "the backend is back"
        );
        var second = await host.AboutAsync("backend");
        (await host.ControlAsync(HttpMethod.Post, "/resources/backend/kill")).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await host.ResourceAsync("backend")).Health.ShouldNotBe("Healthy");
        await Until.TrueAsync(
            async () => await host.ResourceAsync("backend") is { Restarts: 2, Health: "Healthy" },
            "the backend is back again"
        );

        new[] { first.Pid, second.Pid, (await host.AboutAsync("backend")).Pid }.ShouldBeUnique();
    }

    [Fact]
    public async Task A_project_can_be_given_another_environment_for_its_next_start()
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home);
        var other = new Dictionary<string, string> { ["Sample__Extra"] = "한글" };

        var set = await host.ControlAsync(HttpMethod.Put, "/resources/backend/environment", body: other);
        set.StatusCode.ShouldBe(HttpStatusCode.NoContent);
        var before = await host.GetAsync<Dictionary<string, string>>("backend", "/environment");
        (await host.ControlAsync(HttpMethod.Post, "/resources/backend/kill")).EnsureSuccessStatusCode();
        await Until.TrueAsync(async () => (await host.ResourceAsync("backend")).Health == "Healthy", "it is back");

        before.Keys.ShouldNotContain("Sample__Extra");
        var now = await host.GetAsync<Dictionary<string, string>>("backend", "/environment");
        now["Sample__Extra"].ShouldBe("한글");
        (await host.ControlAsync(HttpMethod.Put, "/resources/redis/environment", body: other)).StatusCode.ShouldBe(
            HttpStatusCode.Conflict
        );
    }

    [Fact]
    public async Task A_resource_stopped_by_hand_stays_down_until_it_is_started()
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home);

        (await host.ControlAsync(HttpMethod.Post, "/resources/redis/stop")).EnsureSuccessStatusCode();
        var stopped = await host.ResourceAsync("redis");
        (await host.ControlAsync(HttpMethod.Post, "/resources/redis/start")).EnsureSuccessStatusCode();
        await Until.TrueAsync(async () => (await host.ResourceAsync("redis")).Health == "Healthy", "Redis is back");

        stopped.Pid.ShouldBeNull();
        stopped.Health.ShouldBeNull();
    }

    [Theory]
    [InlineData("--Replicas")]
    [InlineData("--Native:Replicas:backend")]
    public async Task Replicas_share_one_address_and_stand_in_for_each_other(string option)
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home, option, "2");

        var pids = new HashSet<int>();
        await Until.TrueAsync(
            async () =>
            {
                pids.Add((await host.AboutAsync("backend")).Pid);
                return pids.Count == 2;
            },
            "both replicas have answered"
        );
        (await host.ResourcesAsync())
            .Where(resource => resource.Name.StartsWith("backend", StringComparison.Ordinal))
            .Select(resource => resource.Pid!.Value)
            .ShouldBe(pids, ignoreOrder: true);

        (await host.ControlAsync(HttpMethod.Post, "/resources/backend-1/stop")).EnsureSuccessStatusCode();
        for (var request = 0; request < 4; request++)
        {
            pids.ShouldContain((await host.AboutAsync("backend")).Pid);
        }
    }

    [Fact]
    public async Task The_control_address_wants_the_token_and_knows_its_resources()
    {
        using var home = new Home();
        await using var host = await SampleHost.StartAsync(home, "--Postgres", "yes");

        using var stranger = await host.ControlAsync(HttpMethod.Get, "/urls", token: "guess");
        using var unknown = await host.ControlAsync(HttpMethod.Post, "/resources/nobody/kill");
        using var database = await host.ControlAsync(HttpMethod.Post, "/resources/shopdb/kill");
        using var log = await host.ControlAsync(HttpMethod.Get, "/resources/postgres/logs?tail=2000");
        stranger.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        unknown.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        database.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await log.Content.ReadAsStringAsync()).ShouldContain("database system is ready to accept connections");

        foreach (var file in Directory.GetFiles(home.Paths.Secrets).Append(home.Paths.State))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        }
    }

    [Fact]
    public async Task Data_survive_a_stop_and_a_kill_until_a_fresh_start()
    {
        using var home = new Home();
        await using (var host = await SampleHost.StartAsync(home, "--Postgres", "yes"))
        {
            await Sql.RunAsync(host.State.ConnectionStrings["shopdb"], "create table t(n int)");
            await Redis.AskAsync(RedisPort(host), RedisLogin(host), "SET cart apples");
            (await host.StopAsync()).ShouldBe(0);
        }

        await using (var host = await SampleHost.StartAsync(home, "--Postgres", "yes"))
        {
            await Sql.RunAsync(host.State.ConnectionStrings["shopdb"], "insert into t values (7)");
            (await Redis.AskAsync(RedisPort(host), RedisLogin(host), "STRLEN cart")).ShouldBe(":6");
            host.Signal(Libc.SigKill);
            await host.EndAsync();
        }

        await using (var host = await SampleHost.StartAsync(home, "--Postgres", "yes"))
        {
            (await Sql.RunAsync(host.State.ConnectionStrings["shopdb"], "select n from t")).ShouldBe(7);
            await host.StopAsync();
        }

        await using (var host = await SampleHost.StartAsync(home, "--Postgres", "yes", "--fresh"))
        {
            (await Sql.RunAsync(host.State.ConnectionStrings["shopdb"], "select to_regclass('t')::text")).ShouldBe(
                DBNull.Value
            );
            (await Redis.AskAsync(RedisPort(host), RedisLogin(host), "STRLEN cart")).ShouldBe(":0");
        }
    }

    private static int RedisPort(SampleHost host) =>
        int.Parse(host.State.Urls["redis"].Split(':')[1], CultureInfo.InvariantCulture);

    private static string RedisLogin(SampleHost host) =>
        $"AUTH {host.State.ConnectionStrings["redis"].Split("password=")[1]}";
}
