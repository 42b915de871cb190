using Commerce.Bench.Core;
using Commerce.Bench.Platform;

namespace Commerce.Bench.Checkout;

/// <summary>A platform of its own, with a market that has been ordered from until the services were warm.</summary>
internal sealed class BusyMarket : IAsyncDisposable
{
    /// <summary>Who order at once: with fewer, each waits for the intake's next batch while the machine is idle.</summary>
    public const int Shoppers = 256;

    private BusyMarket(BenchPlatform platform, Market market, OrderLoad load) =>
        (Platform, Market, Load) = (platform, market, load);

    public BenchPlatform Platform { get; }

    public Market Market { get; }

    public OrderLoad Load { get; }

    /// <param name="warmUp">As long as a repetition when absent.</param>
    /// <param name="replicas">Processes of a project, by its name; one where nothing is said.</param>
    public static async Task<BusyMarket> OpenAsync(
        BenchSettings settings,
        TimeSpan? warmUp = null,
        IReadOnlyDictionary<string, int>? replicas = null
    )
    {
        var platform = await BenchPlatform.StartAsync(replicas: replicas);
        Market? market = null;
        try
        {
            market = await Market.OpenAsync(platform, Shoppers, settings.Fruits);
            var busy = new BusyMarket(platform, market, new OrderLoad(platform, market, market.Fruits));
            await busy.MostAsync(warmUp ?? settings.Duration);
            return busy;
        }
        catch
        {
            market?.Dispose();
            await platform.DisposeAsync();
            throw;
        }
    }

    /// <summary>As many orders as get through.</summary>
    public Task<LoadResult> MostAsync(TimeSpan duration) => Load.MostAsync(Shoppers, duration);

    public async ValueTask DisposeAsync()
    {
        Load.Dispose();
        Market.Dispose();
        await Platform.DisposeAsync();
    }
}
