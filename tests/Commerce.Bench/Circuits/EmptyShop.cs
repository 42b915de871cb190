using Commerce.Bench.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.Bench.Circuits;

/// <summary>The least that an interactive Blazor Server app can be: a router and a page with a heading.</summary>
internal sealed class EmptyShop : IRole
{
    public const string Role = "empty-shop";
    private readonly WebApplication _app;

    private EmptyShop(WebApplication app) => _app = app;

    public string Said => _app.Urls.First();

    public static async Task<IRole> StartAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        var app = builder.Build();
        app.UseAntiforgery();
        app.MapRazorComponents<EmptyDocument>().AddInteractiveServerRenderMode();
        await app.StartAsync();
        return new EmptyShop(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

/// <summary>The document around the app.</summary>
public sealed class EmptyDocument : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.AddMarkupContent(0, "<!DOCTYPE html>");
        builder.OpenElement(1, "html");
        builder.OpenElement(2, "head");
        builder.OpenComponent<HeadOutlet>(3);
        builder.AddComponentRenderMode(RenderMode.InteractiveServer);
        builder.CloseComponent();
        builder.CloseElement();
        builder.OpenElement(4, "body");
        builder.OpenComponent<EmptyRoutes>(5);
        builder.AddComponentRenderMode(RenderMode.InteractiveServer);
        builder.CloseComponent();
        builder.CloseElement();
        builder.CloseElement();
    }
}

/// <summary>The app: finds the page.</summary>
public sealed class EmptyRoutes : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenComponent<Router>(0);
        builder.AddComponentParameter(1, nameof(Router.AppAssembly), typeof(EmptyRoutes).Assembly);
        builder.AddComponentParameter(
            2,
            nameof(Router.Found),
            (RenderFragment<RouteData>)(
                route =>
                    found =>
                    {
                        found.OpenComponent<RouteView>(0);
                        found.AddComponentParameter(1, nameof(RouteView.RouteData), route);
                        found.CloseComponent();
                    }
            )
        );
        builder.CloseComponent();
    }
}

/// <summary>The only page.</summary>
[Route("/")]
public sealed class EmptyPage : ComponentBase
{
    protected override void BuildRenderTree(RenderTreeBuilder builder) => builder.AddMarkupContent(0, "<h1>Hello</h1>");
}
