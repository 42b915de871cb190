using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shared;

/// <summary>A heading whose level depends on where it is shown, so that headings stay in order.</summary>
internal static class Heading
{
    /// <param name="level">1 to 6.</param>
    /// <param name="style">The heading's class.</param>
    /// <param name="content">What it says.</param>
    public static RenderFragment Of(int level, string style, RenderFragment content) =>
        builder =>
        {
            builder.OpenElement(0, string.Create(CultureInfo.InvariantCulture, $"h{level}"));
            builder.AddAttribute(1, "class", style);
            builder.AddContent(2, content);
            builder.CloseElement();
        };
}
