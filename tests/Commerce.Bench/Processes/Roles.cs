using Commerce.Bench.Browse;
using Commerce.Bench.Circuits;
using Commerce.Bench.Events;

namespace Commerce.Bench.Processes;

/// <summary>Something that runs until its process is told to end.</summary>
internal interface IRole : IAsyncDisposable
{
    /// <summary>What the bench has to know, such as an address; one line.</summary>
    string Said { get; }
}

/// <summary>What this executable can be beside the bench.</summary>
internal static class Roles
{
    public const string Argument = "--as";

    public static async Task<int> PlayAsync(string role, string options)
    {
        await using var running = role switch
        {
            EventService.Role => await EventService.StartAsync(options),
            PollingRelay.Role => await PollingRelay.StartAsync(options),
            EmptyShop.Role => await EmptyShop.StartAsync(),
            BytesServer.Role => await BytesServer.StartAsync(options),
            _ => throw new ArgumentException($"There is no role {role}.", nameof(role)),
        };
        await Console.Out.WriteLineAsync(running.Said);
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
