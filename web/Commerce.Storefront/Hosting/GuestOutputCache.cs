using Commerce.Contracts.Live;
using Commerce.Storefront.Live;
using Commerce.Storefront.Session;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.AspNetCore.WebUtilities;

namespace Commerce.Storefront.Hosting;

/// <summary>
/// On a page that every guest sees alike: it is drawn once and kept for the next who ask. It is drawn from its address, the
/// language and the theme alone; what belongs to one guest, as the cart, comes with the circuit. See <see cref="GuestOutputCache"/>.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class GuestCacheableAttribute : Attribute, IOutputCachePolicy
{
    public ValueTask CacheRequestAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        Pages(context).OnRequest(context);
        return ValueTask.CompletedTask;
    }

    public ValueTask ServeFromCacheAsync(OutputCacheContext context, CancellationToken cancellation) =>
        ValueTask.CompletedTask;

    public ValueTask ServeResponseAsync(OutputCacheContext context, CancellationToken cancellation)
    {
        Pages(context).OnResponse(context);
        return ValueTask.CompletedTask;
    }

    private static GuestOutputCache Pages(OutputCacheContext context) =>
        context.HttpContext.RequestServices.GetRequiredService<GuestOutputCache>();
}

/// <summary>
/// Which pages are kept, and for how long: <see cref="Lifetime"/>, less when a service says that something on them changed. Each
/// process has its own copies, compressed.
/// </summary>
internal sealed class GuestOutputCache
{
    /// <summary>All copies of a process together, in bytes.</summary>
    public const long Budget = 64 * 1024 * 1024;

    /// <summary>In bytes; what is larger goes over the disk.</summary>
    private const int LargestPage = 1024 * 1024;

    private const string AllPages = "guest-pages";
    private const int Stripes = 1024;

    /// <summary>How long a change can go unnoticed while Redis is away.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(10);

    /// <summary>Other replicas of Catalog answer with the list from before a change for up to 100 ms.</summary>
    private static readonly TimeSpan SettlingTime = TimeSpan.FromMilliseconds(250);

    private readonly IOutputCacheStore _store;
    private readonly IResponseCompressionProvider _compression;
    private readonly TimeProvider _time;

    /// <summary>When one of a stripe's fruits last changed: what was drawn across a change is not kept.</summary>
    private readonly long[] _fruitsChanged = new long[Stripes];
    private long _listsChanged;

    public GuestOutputCache(
        IOutputCacheStore store,
        LiveUpdates live,
        IResponseCompressionProvider compression,
        TimeProvider time
    )
    {
        (_store, _compression, _time) = (store, compression, time);
        live.ListenToAll(OnHint);
    }

    /// <summary>Whether a copy is asked for and may be made, and which one it is.</summary>
    public void OnRequest(OutputCacheContext context)
    {
        var http = context.HttpContext;
        var kept = IsGuestsPage(http.Request);
        (context.EnableOutputCaching, context.AllowCacheLookup, context.AllowCacheStorage) = (kept, kept, kept);
        if (!kept)
        {
            return;
        }

        var (culture, theme) = (Cultures.Chosen(http.Request), ThemeChoice.Of(http.Request));
        context.AllowLocking = true;
        context.ResponseExpirationTimeSpan = Lifetime;
        context.CacheVaryByRules.QueryKeys = "*";
        context.CacheVaryByRules.VaryByValues["culture"] = culture;
        context.CacheVaryByRules.VaryByValues["theme"] = theme ?? "";
        context.CacheVaryByRules.VaryByValues["encoding"] =
            _compression.GetCompressionProvider(http)?.EncodingName ?? "";
        context.Tags.Add(AllPages);
        if (Subject(http) is { } fruit)
        {
            context.Tags.Add(Tag(fruit));
        }

        // Nothing of this guest gets into what others will see: not the cart, not the cookie that an antiforgery token goes with.
        http.User = new();
        http.Request.Headers.Cookie = $"{Cultures.Cookie(culture)}; {ThemeChoice.Cookie(theme)}";
        http.Features.Set(new Drawing(_time.GetTimestamp()));
    }

    /// <summary>The page is there; may it be kept?</summary>
    public void OnResponse(OutputCacheContext context)
    {
        var http = context.HttpContext;
        if (http.Features.Get<Drawing>() is not { } drawing)
        {
            return;
        }

        context.AllowCacheStorage =
            http.Response.StatusCode == StatusCodes.Status200OK
            && !http.RequestServices.GetRequiredService<CurrentUser>().IsDegraded
            && IsSettled(Volatile.Read(ref _listsChanged), drawing)
            && (Subject(http) is not { } fruit || IsSettled(Volatile.Read(ref _fruitsChanged[Stripe(fruit)]), drawing));
    }

    private static bool IsGuestsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)
        // The choice of a language is answered with a cookie, and so is a session that has ended.
        && !request.Query.ContainsKey(Cultures.QueryKey)
        && !request.Cookies.ContainsKey(SessionCookie.Name);

    private void OnHint(string channel, Guid? subject)
    {
        var now = _time.GetTimestamp();
        if (channel is LiveChannels.Listings)
        {
            Volatile.Write(ref _listsChanged, now);
            _ = EvictAsync(AllPages);
        }
        else if (channel is LiveChannels.Stock or LiveChannels.Fruits && subject is { } fruit)
        {
            Volatile.Write(ref _fruitsChanged[Stripe(fruit)], now);
            _ = EvictAsync(Tag(fruit));
        }
    }

    private async Task EvictAsync(string tag) => await _store.EvictByTagAsync(tag, CancellationToken.None);

    private bool IsSettled(long changed, Drawing drawing) =>
        changed == 0 || _time.GetElapsedTime(changed, drawing.Since) > SettlingTime;

    /// <summary>The fruit that the address names (or the farm, which nobody tells of).</summary>
    private static Guid? Subject(HttpContext http) =>
        Guid.TryParse(http.GetRouteValue("Id") as string, out var id) ? id : null;

    private static string Tag(Guid fruit) => $"fruit:{fruit}";

    private static int Stripe(Guid fruit) => (int)((uint)fruit.GetHashCode() % Stripes);

    /// <summary>
    /// Around the output cache: holds a page back until it was kept. What is kept are the answer's headers as they are at the end;
    /// held back, those that belong to one guest (the cart's cookie) come after that.
    /// </summary>
    public static async Task BufferAsync(HttpContext http, RequestDelegate next)
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<GuestCacheableAttribute>() is null)
        {
            await next(http);
            return;
        }

        var body = http.Response.Body;
        await using var page = new FileBufferingWriteStream(LargestPage);
        http.Response.Body = page;
        try
        {
            await next(http);
        }
        finally
        {
            http.Response.Body = body;
        }

        if (http.Features.Get<Drawing>() is not null)
        {
            // Of the antiforgery token that it was drawn with: no guests' page has a form that would want it.
            http.Response.Headers.Remove("Set-Cookie");
        }

        if (page.Length > 0)
        {
            http.Response.ContentLength = page.Length;
            await page.DrainBufferAsync(body, http.RequestAborted);
        }
    }

    /// <summary>A page on its way to be kept.</summary>
    private sealed record Drawing(long Since);
}
