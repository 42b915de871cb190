namespace Commerce.Platform.Tests.Browsing;

/// <summary>axe finds nothing, on any page.</summary>
[Collection(PlatformCollection.Name)]
public sealed class AccessibilityTests(Platform platform, Browser browser)
{
    [Fact]
    public async Task The_home_page_is_accessible()
    {
        await using var visitor = await browser.VisitAsync(platform);
        await visitor.OpenAsync("/");
        await visitor.ShouldBeAccessibleAsync();
    }
}
