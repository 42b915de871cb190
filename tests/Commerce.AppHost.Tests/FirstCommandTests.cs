using System.Diagnostics;
using System.Text.Json;
using Commerce.ServerProcesses.Processes;

namespace Commerce.AppHost.Tests;

/// <summary>
/// What a new user does: a clone in which nothing was made before, and the README's first command. Packages may come from the
/// machine's own cache; that every one of them restores is what the build of this very test has shown.
/// </summary>
public sealed class FirstCommandTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _folder = Directory.CreateTempSubdirectory("commerce-first-").FullName;

    private string Clone => Path.Combine(_folder, "commerce");

    private Dictionary<string, string?> Environment =>
        new(StringComparer.Ordinal)
        {
            ["COMMERCE_SERVERS"] = "processes",
            // Nothing that ./commerce keeps of its own.
            ["XDG_CACHE_HOME"] = Path.Combine(_folder, "cache"),
            ["COMMERCE_HOME"] = null,
            ["COMMERCE_CONFIGURATION"] = null,
        };

    public void Dispose()
    {
        // It may be a link to where the servers' account can go.
        ServerProcesses.ServerFolder.Remove(Path.Combine(Clone, ".commerce", "data", "postgres"));
        ServerProcesses.ServerFolder.Remove(_folder);
    }

    [Fact]
    public async Task A_fresh_clone_starts_sells_is_asked_and_stops_without_a_trace()
    {
        await GitAsync("clone", "--quiet", RepositoryRoot.Path, Clone);

        (await CommerceCall.RunAsync(Clone, Environment, "run", "--detach")).ShouldContain("shopper@commerce.local");
        try
        {
            var urls = JsonSerializer.Deserialize<Dictionary<string, string>>(
                await CommerceCall.RunAsync(Clone, Environment, "urls", "--json")
            )!;
            new[]
            {
                "storefront",
                "dashboard",
                "identity",
                "catalog",
                "order",
                "payment",
                "delivery",
                "kafka",
                "postgres",
                "redis",
            }.ShouldBeSubsetOf(urls.Keys);
            using var http = new HttpClient();
            (await http.GetStringAsync(new Uri(urls["storefront"]))).ShouldContain("</html>");

            await CommerceCall.RunAsync(Clone, Environment, "kill", "catalog");
            await CommerceCall.RunAsync(Clone, Environment, "stop", "redis");
            await CommerceCall.RunAsync(Clone, Environment, "start", "redis");
            (await CommerceCall.RunAsync(Clone, Environment, "logs", "order")).ShouldContain("Relay streams");
            var (refused, _, reason) = await CommerceCall.TryAsync(Clone, Environment, "kill", "nonsense");
            refused.ShouldNotBe(0);
            reason.ShouldContain("There are:");
            // The dashboard's token and PostgreSQL's password are in there.
            File.GetUnixFileMode(Path.Combine(Clone, ".commerce", "run")).ShouldBe(Owner);
            File.GetUnixFileMode(Path.Combine(Clone, ".commerce", "secrets")).ShouldBe(Owner);
            File.GetUnixFileMode(Path.Combine(Clone, ".commerce", "apphost.log"))
                .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
        finally
        {
            await CommerceCall.RunAsync(Clone, Environment, "stop");
        }

        Processes().ShouldBeEmpty();
        // Nothing is running: to stop it again is no error, to ask it is one with a reason.
        await CommerceCall.RunAsync(Clone, Environment, "stop");
        (await CommerceCall.TryAsync(Clone, Environment, "urls")).Errors.ShouldContain("./commerce run --detach");
    }

    [Fact]
    public async Task A_step_that_fails_says_which_one_it_was()
    {
        await GitAsync("clone", "--quiet", RepositoryRoot.Path, Clone);
        await File.WriteAllTextAsync(Path.Combine(Clone, "eng", "assets", "fetch"), "exit 7\n");

        var (exitCode, _, errors) = await CommerceCall.TryAsync(Clone, Environment, "run", "--detach");

        exitCode.ShouldNotBe(0);
        errors.ShouldContain("fetching the web font failed with status 7");
    }

    private IReadOnlyList<int> Processes() =>
        ProcessTree.WithEnvironment("COMMERCE_PLATFORM", Path.Combine(Clone, ".commerce"));

    private static async Task GitAsync(params string[] arguments)
    {
        using var git = Process.Start(new ProcessStartInfo("git", arguments) { UseShellExecute = false })!;
        await git.WaitForExitAsync();
        git.ExitCode.ShouldBe(0);
    }
}
