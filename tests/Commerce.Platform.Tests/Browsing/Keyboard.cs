namespace Commerce.Platform.Tests.Browsing;

/// <summary>A person without a mouse: only keys, and what has the focus.</summary>
internal static class Keyboard
{
    private const int MostTabs = 150;

    /// <summary>Tabs on until something that matches has the focus, which then can be seen.</summary>
    public static async Task TabToAsync(this Visitor visitor, string selector)
    {
        for (var i = 0; i < MostTabs; i++)
        {
            await visitor.Page.Keyboard.PressAsync("Tab");
            var found = await visitor.Page.EvaluateAsync<bool>(
                """
                selector => {
                  const now = document.activeElement;
                  if (!now?.matches(selector)) return false;
                  const box = now.getBoundingClientRect();
                  return box.width > 0 && box.bottom > 0 && box.top < innerHeight;
                }
                """,
                selector
            );
            if (found)
                return;
        }
        throw new TimeoutException($"{MostTabs} tabs did not lead to {selector} on {visitor.Page.Url}.");
    }

    public static async Task TabToAndPressAsync(this Visitor visitor, string selector, string key = "Enter")
    {
        await visitor.TabToAsync(selector);
        await visitor.Page.Keyboard.PressAsync(key);
    }

    public static async Task TabToAndTypeAsync(this Visitor visitor, string selector, string text)
    {
        await visitor.TabToAsync(selector);
        await visitor.Page.Keyboard.TypeAsync(text);
    }
}
