using Commerce.AppHost.Platform;

namespace Commerce.AppHost.Tests;

/// <summary>What the app host asks the engine for besides what Aspire does.</summary>
public sealed class ServerContainersTests : IAsyncLifetime
{
    private readonly string _name = $"commerce-test-{Guid.NewGuid():N}"[..24];
    private readonly ServerContainers _containers;

    public ServerContainersTests() => _containers = new ServerContainers(Engine.Program, $"/{_name}", [_name]);

    public Task InitializeAsync() => Task.CompletedTask;

    [ContainerFact]
    public async Task A_start_keeps_the_volumes_of_before_and_a_fresh_one_removes_them()
    {
        await Engine.RunAsync("volume", "create", _name);

        await _containers.TakeVolumesAsync(fresh: false, CancellationToken.None);
        (await Engine.RunAsync("volume", "ls", "--quiet")).ShouldContain(_name);
        await _containers.TakeVolumesAsync(fresh: true, CancellationToken.None);
        (await Engine.RunAsync("volume", "ls", "--quiet")).ShouldNotContain(_name);

        // Nor does it mind that there are none.
        await _containers.TakeVolumesAsync(fresh: true, CancellationToken.None);
    }

    [ContainerFact]
    public async Task A_start_waits_until_the_containers_of_a_killed_platform_are_gone()
    {
        var image = (await Engine.RunAsync("images", "--format", "{{.Repository}}:{{.Tag}}")).First(name =>
            name.Contains("/redis:", StringComparison.Ordinal)
        );
        await Engine.RunAsync(["create", "--name", _name, .. _containers.Arguments, image]);
        (await _containers.ListAsync(CancellationToken.None)).ShouldHaveSingleItem();

        var taking = _containers.TakeVolumesAsync(fresh: false, CancellationToken.None);
        taking.IsCompleted.ShouldBeFalse();
        await Engine.RunAsync("rm", _name);
        await taking;

        (await _containers.ListAsync(CancellationToken.None)).ShouldBeEmpty();
    }

    public async Task DisposeAsync()
    {
        await Engine.RunAsync("rm", "--force", "--ignore", _name);
        await Engine.RunAsync("volume", "rm", "--force", _name);
    }
}
