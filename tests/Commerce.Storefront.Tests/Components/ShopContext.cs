using System.Globalization;
using Bunit;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Redis;
using Commerce.Storefront.Api;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Shop;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Storefront.Tests.Components;

/// <summary>
/// Draws one page of the shop as an interactive circuit does, in Korean, with everything of the storefront that it uses. The
/// services are on the other end of the wire; Redis is away, so pages ask by the clock.
/// </summary>
public abstract class ShopContext : BunitContext, IAsyncLifetime
{
    internal static readonly Guid Farm = Guid.CreateVersion7();

    protected ShopContext()
    {
        CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo("ko-KR");
        JSInterop.Mode = JSRuntimeMode.Loose;
        AddAuthorization().SetAuthorized("김민수");
        Services.AddSingleton<IStringLocalizer, Texts>();
        Services.AddSingleton(TimeProvider.System);
        Services.AddSingleton<IHostEnvironment>(new Environment());
        Services.AddSingleton(_ => new RedisGate("127.0.0.1:1", NullLogger<RedisGate>.Instance));
        Services.AddSingleton(services => new LiveUpdates(
            services.GetRequiredService<RedisGate>(),
            NullLogger<LiveUpdates>.Instance
        ));
        Services.AddSingleton<ICaller>(new SignedIn());
        Services.AddTransient(services => new CatalogApi(Client(), services.GetRequiredService<ICaller>()));
        Services.AddTransient(services => new OrderApi(Client(), services.GetRequiredService<ICaller>()));
        Services.AddTransient(services => new IdentityApi(Client(), services.GetRequiredService<ICaller>()));
        Services.AddScoped<CartState>();
        Services.AddScoped<CartReader>();
        Services.AddScoped<ListHistory>();
        Renderer.SetRendererInfo(new RendererInfo("Server", isInteractive: true));
    }

    internal ServicesOnTheWire Wire { get; } = new();

    Task IAsyncLifetime.InitializeAsync() => Task.CompletedTask;

    // Some of what was registered can only end asynchronously.
    async Task IAsyncLifetime.DisposeAsync() => await DisposeAsync();

    internal static CartItem Item(
        Guid fruit,
        string name,
        int quantity,
        long price,
        bool forSale = true,
        long? seen = null
    ) => new(fruit, name, name, "청송 농원", "/a.svg", quantity, price, forSale, Farm, seen ?? price);

    internal static Fruit Fruit(Guid id, string name, int available, long price) =>
        new(
            id,
            name,
            name,
            "부사",
            "Fuji",
            "apple",
            "특",
            14,
            5,
            14,
            16,
            price,
            available,
            new DateOnly(2026, 11, 20),
            new DateOnly(2026, 12, 1),
            [],
            new FarmSummary(Farm, "청송 농원", "Cheongsong farm", "경북 청송", "Cheongsong, Gyeongbuk"),
            "/a.svg",
            4.5,
            12,
            10,
            3,
            InSeason: true,
            ForSale: true,
            "",
            "",
            "",
            ""
        );

    private HttpClient Client() => new(Wire, disposeHandler: false) { BaseAddress = new Uri("http://services") };

    private sealed class SignedIn : ICaller
    {
        public bool IsDegraded { get; set; }

        public Task<string?> AccessTokenAsync(CancellationToken cancellationToken = default) =>
            Task.FromResult<string?>("token");

        public Task<string?> CartIdAsync() => Task.FromResult<string?>(null);
    }

    private sealed class Environment : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Production";
        public string ApplicationName { get; set; } = "Commerce.Storefront";
        public string ContentRootPath { get; set; } = AppContext.BaseDirectory;
        public Microsoft.Extensions.FileProviders.IFileProvider ContentRootFileProvider { get; set; } =
            new Microsoft.Extensions.FileProviders.NullFileProvider();
    }
}
