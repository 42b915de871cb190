using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace Commerce.ServiceDefaults.RateLimiting;

/// <summary>
/// A process works on <c>RateLimits:Concurrent</c> (200) requests at a time and lets <c>RateLimits:Waiting</c> (2,000) wait, the
/// oldest first; what comes on top is a 503 with <c>Retry-After</c> at once, so that an onslaught costs neither memory nor
/// those who are inside. Health checks always come in: who is busy is not ill.
/// </summary>
internal sealed class ConcurrencyLimitMiddleware(RequestDelegate next, IConfiguration configuration) : IDisposable
{
    private readonly ConcurrencyLimiter _limiter = new(
        new ConcurrencyLimiterOptions
        {
            PermitLimit = configuration.GetValue("RateLimits:Concurrent", 200),
            QueueLimit = configuration.GetValue("RateLimits:Waiting", 2_000),
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );

    public async Task InvokeAsync(HttpContext context)
    {
        if (
            IsLongLived(context.Request)
            || context.GetEndpoint()?.Metadata.GetMetadata<DisableRateLimitingAttribute>() is not null
        )
        {
            await next(context);
            return;
        }

        using var lease = await _limiter.AcquireAsync(permitCount: 1, context.RequestAborted);
        if (lease.IsAcquired)
        {
            await next(context);
        }
        else
        {
            await new RetryAfterResult(
                StatusCodes.Status503ServiceUnavailable,
                "Too busy.",
                TimeSpan.FromSeconds(1)
            ).ExecuteAsync(context);
        }
    }

    public void Dispose() => _limiter.Dispose();

    /// <summary>The socket of a circuit stays open for hours and is no work by itself.</summary>
    private static bool IsLongLived(HttpRequest request) =>
        request.Headers.Upgrade.Count > 0 || HttpMethods.IsConnect(request.Method);
}
