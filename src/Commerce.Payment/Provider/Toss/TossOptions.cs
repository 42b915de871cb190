namespace Commerce.Payment.Provider.Toss;

/// <summary>Where the provider is and who we are to it. Settings under <c>PaymentProvider</c>.</summary>
/// <param name="BaseAddress"><c>PaymentProvider:BaseAddress</c>, or the address of the resource <c>payment-provider</c>.</param>
/// <param name="SecretKey"><c>PaymentProvider:SecretKey</c>.</param>
/// <param name="Timeout"><c>PaymentProvider:Timeout</c>, 10 s: longer than a slow provider takes.</param>
internal sealed record TossOptions(Uri BaseAddress, string SecretKey, TimeSpan Timeout)
{
    /// <exception cref="InvalidOperationException">The address or the key is missing.</exception>
    public static TossOptions From(IConfiguration configuration)
    {
        var address =
            configuration["PaymentProvider:BaseAddress"]
            ?? configuration["services:payment-provider:https:0"]
            ?? configuration["services:payment-provider:http:0"]
            ?? throw new InvalidOperationException("PaymentProvider:BaseAddress is not configured.");
        var key = configuration["PaymentProvider:SecretKey"];
        return new TossOptions(
            new Uri(address.TrimEnd('/') + "/"),
            string.IsNullOrEmpty(key)
                ? throw new InvalidOperationException("PaymentProvider:SecretKey is not configured.")
                : key,
            configuration.GetValue("PaymentProvider:Timeout", TimeSpan.FromSeconds(10))
        );
    }
}
