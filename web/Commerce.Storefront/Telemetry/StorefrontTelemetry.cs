using System.Diagnostics;

namespace Commerce.Storefront.Telemetry;

/// <summary>
/// The shop's own spans. A click in a circuit has no request around it: the span that starts here is the root that reaches
/// from the click through order, payment and stock to the delivery.
/// </summary>
internal static class StorefrontTelemetry
{
    public static readonly ActivitySource Source = new("Commerce.Storefront");

    /// <summary>
    /// Starts a span for something a person did. A parent that is not recorded (the browser's long-lived socket) would silence
    /// everything under it, so only a recorded one is kept.
    /// </summary>
    public static Activity? Click(string name)
    {
        if (Activity.Current is { Recorded: false })
        {
            Activity.Current = null;
        }

        return Source.StartActivity(name);
    }
}
