namespace Commerce.Order.Ledger;

/// <summary>Section <c>Market</c> of the configuration.</summary>
internal sealed class MarketOptions
{
    /// <summary>
    /// What the market keeps of each delivered line, in percent. A sale keeps the percentage of its day; VAT is not modelled.
    /// </summary>
    public decimal FeePercent { get; init; } = 6.0m;
}
