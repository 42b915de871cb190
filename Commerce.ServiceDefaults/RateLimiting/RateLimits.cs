using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.Extensions.Configuration;

namespace Commerce.ServiceDefaults.RateLimiting;

/// <summary>
/// Names of the rate limits, for <c>RequireRateLimiting</c>. Each is per process; what goes over it is a 429 with
/// <c>Retry-After</c>. How many requests a process works on at a time: <see cref="ConcurrencyLimitMiddleware"/>.
/// </summary>
public static class RateLimits
{
    /// <summary>
    /// Writes, per account (or per address when anonymous): <c>RateLimits:Writes:PerSecond</c> (100) on the long run,
    /// <c>RateLimits:Writes:Burst</c> (200) at once.
    /// </summary>
    public const string Writes = "writes";

    /// <summary>Sign-in and registration, per address: <c>RateLimits:SignIn:PerMinute</c> (120).</summary>
    public const string SignIn = "sign-in";

    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    internal static void AddRateLimits(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("RateLimits");
        builder.Services.AddRateLimiter(limiter =>
        {
            limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
            limiter.OnRejected = RejectAsync;
            // Read when a partition is made, not here: a test host adds its configuration later than this runs.
            limiter.AddPolicy(
                Writes,
                context =>
                    RateLimitPartition.GetTokenBucketLimiter(
                        context.User.FindFirstValue("sub") ?? Address(context),
                        _ => new TokenBucketRateLimiterOptions
                        {
                            TokenLimit = settings.GetValue("Writes:Burst", 200),
                            TokensPerPeriod = Math.Max(1, settings.GetValue("Writes:PerSecond", 100) / 10),
                            ReplenishmentPeriod = TimeSpan.FromMilliseconds(100),
                            QueueLimit = 0,
                        }
                    )
            );
            limiter.AddPolicy(
                SignIn,
                context =>
                    RateLimitPartition.GetSlidingWindowLimiter(
                        Address(context),
                        _ => new SlidingWindowRateLimiterOptions
                        {
                            PermitLimit = settings.GetValue("SignIn:PerMinute", 120),
                            Window = TimeSpan.FromMinutes(1),
                            SegmentsPerWindow = 6,
                            QueueLimit = 0,
                        }
                    )
            );
        });
    }

    private static string Address(HttpContext context) => context.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private static ValueTask RejectAsync(OnRejectedContext rejected, CancellationToken cancellationToken)
    {
        var wait = rejected.Lease.TryGetMetadata(MetadataName.RetryAfter, out var retryAfter) ? retryAfter : OneSecond;
        return new(TooManyRequests(wait).ExecuteAsync(rejected.HttpContext));
    }

    /// <summary>429 with <c>Retry-After</c> in whole seconds, at least 1; for limits that a service keeps itself.</summary>
    public static RetryAfterResult TooManyRequests(TimeSpan retryAfter) =>
        new RetryAfterResult(StatusCodes.Status429TooManyRequests, "Too many requests.", retryAfter);
}
