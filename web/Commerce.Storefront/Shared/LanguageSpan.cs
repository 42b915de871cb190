using Commerce.Storefront.Text;
using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shared;

/// <summary>
/// A text that may name Korean words on an English page: those are announced as Korean. A fragment and no component, as
/// <see cref="Heading"/> and <see cref="Stars"/> are, of which a list has dozens: a component keeps two kilobytes for every circuit,
/// whatever it draws.
/// </summary>
internal static class LanguageSpan
{
    public static RenderFragment Of(string? text) =>
        builder =>
        {
            if (Cultures.IsKorean)
            {
                builder.AddContent(0, text);
                return;
            }

            foreach (var (piece, korean) in Words.Split(text ?? ""))
            {
                if (korean)
                {
                    builder.OpenElement(1, "span");
                    builder.AddAttribute(2, "lang", "ko");
                    builder.AddContent(3, piece);
                    builder.CloseElement();
                }
                else
                {
                    builder.AddContent(4, piece);
                }
            }
        };
}
