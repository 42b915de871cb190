using System.Globalization;
using System.Net;
using Commerce.Contracts.Api;
using Commerce.Storefront.AdminDesk;
using Commerce.Storefront.Shop;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Localization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Storefront.Tests.Shop;

/// <summary>Timelines are removed long after their orders ended; the page says so.</summary>
public sealed class OrderTimelineTests
{
    private static readonly DateTimeOffset At = DateTimeOffset.UnixEpoch;

    [Theory]
    [InlineData("ko")]
    [InlineData("en")]
    public async Task A_timeline_that_was_removed_says_so_calmly(string language)
    {
        TimelineEntry[] lateRefund = [new(At, "payment.refunded", "payment", null)];
        foreach (var entries in new[] { [], lateRefund })
        {
            foreach (
                var html in new[]
                {
                    await RenderAsync<OrderTimeline>(language, entries),
                    await RenderAsync<EventTimeline>(language, entries),
                }
            )
            {
                html.ShouldContain(Texts.Of(language)["order.timelineRemoved"]);
                html.Contains("<li", StringComparison.Ordinal).ShouldBe(entries.Length > 0);
            }
        }
    }

    [Fact]
    public async Task A_whole_timeline_says_nothing_of_the_kind()
    {
        TimelineEntry[] entries = [new(At, "order.placed", "order", null)];

        (await RenderAsync<OrderTimeline>("ko", entries)).ShouldNotContain("timeline-removed");
        (await RenderAsync<EventTimeline>("ko", entries)).ShouldNotContain("timeline-removed");
    }

    private static async Task<string> RenderAsync<TComponent>(string language, IReadOnlyList<TimelineEntry> entries)
        where TComponent : IComponent
    {
        CultureInfo.CurrentUICulture = CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(language);
        await using var services = new ServiceCollection()
            .AddSingleton<IStringLocalizer, Texts>()
            .AddSingleton<ILoggerFactory>(NullLoggerFactory.Instance)
            .BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        var parameters = ParameterView.FromDictionary(new Dictionary<string, object?> { ["Entries"] = entries });
        return await renderer.Dispatcher.InvokeAsync(async () =>
            WebUtility.HtmlDecode((await renderer.RenderComponentAsync<TComponent>(parameters)).ToHtmlString())
        );
    }
}
