namespace Commerce.Contracts;

/// <summary>The Kafka topics: one per publishing service, keyed by aggregate id (the order id for everything in the saga).</summary>
public static class Topics
{
    public const string Order = "commerce.order";
    public const string Catalog = "commerce.catalog";
    public const string Payment = "commerce.payment";
    public const string Delivery = "commerce.delivery";
    public const string Identity = "commerce.identity";
}
