using System.Globalization;
using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.Shared;

/// <summary>How many stars reviews give on average: drawn, and said in words for who hears the page.</summary>
internal static class Stars
{
    /// <param name="texts">The visitor's language.</param>
    /// <param name="value">1 to 5.</param>
    /// <param name="count">How many reviews that is the average of; 0: not told.</param>
    public static RenderFragment Of(IStringLocalizer texts, double value, int count = 0) =>
        builder =>
        {
            var number = value.ToString("0.0", CultureInfo.InvariantCulture);
            builder.OpenElement(0, "span");
            builder.AddAttribute(1, "class", "stars");
            builder.AddAttribute(2, "role", "img");
            builder.AddAttribute(3, "aria-label", texts["review.stars", number, count].Value);
            builder.AddMarkupContent(4, "<span aria-hidden=\"true\">★</span> ");
            builder.OpenElement(5, "span");
            builder.AddAttribute(6, "aria-hidden", "true");
            builder.AddContent(7, number);
            builder.CloseElement();
            if (count > 0)
            {
                builder.AddContent(8, " ");
                builder.OpenElement(9, "span");
                builder.AddAttribute(10, "class", "stars-count");
                builder.AddAttribute(11, "aria-hidden", "true");
                builder.AddContent(12, $"({Format.Number(count)})");
                builder.CloseElement();
            }

            builder.CloseElement();
        };
}
