namespace Commerce.Payment.Charging;

/// <summary>An input to an order's payment, and the trace under which its consequences go on.</summary>
internal readonly record struct PaymentUpdate(Guid OrderId, PaymentInput Input, string? TraceParent);
