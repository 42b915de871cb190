namespace Commerce.Order.Carts;

/// <summary>What a cart, and with it an order, can hold.</summary>
internal static class CartLimits
{
    /// <summary>Different fruits.</summary>
    public const int MaxFruits = 50;

    /// <summary>Boxes of one fruit.</summary>
    public const int MaxBoxes = 99;
}
