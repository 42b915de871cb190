namespace Commerce.Platform.Tests.Browsing;

/// <summary>How a visitor sees the shop: language (<c>ko</c>, <c>en</c>), theme, and size of the window in CSS pixels.</summary>
public sealed record Look(string Language = "ko", bool Dark = false, int Width = 1280, int Height = 900)
{
    public static readonly Look Desktop = new();
    public static readonly Look Phone = new(Width: 360, Height: 740);

    public override string ToString() =>
        $"{(Width < 700 ? "phone" : "desktop")}-{Language}-{(Dark ? "dark" : "light")}";
}
