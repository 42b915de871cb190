using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.AppHost.Platform;

/// <summary>
/// Aspire looks at what is not healthy yet after 1 s, then after 2, 3, 4 and 5 s more: what has been healthy for seconds keeps
/// everything waiting that needs it. This one looks again itself, so that an answer comes as soon as it is a good one.
/// </summary>
internal sealed class PollingHealthCheck(IHealthCheck inner) : IHealthCheck
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(150);

    public async Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var began = Stopwatch.GetTimestamp();
        while (true)
        {
            var result = await inner.CheckHealthAsync(context, cancellationToken);
            if (result.Status == HealthStatus.Healthy || Stopwatch.GetElapsedTime(began) > Timeout)
            {
                return result;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}

/// <summary>Polling health checks as part of the app model.</summary>
internal static class PollingHealthCheckExtensions
{
    public static void PollHealthChecks(this IDistributedApplicationBuilder builder) =>
        builder.Services.PostConfigure<HealthCheckServiceOptions>(options =>
        {
            foreach (var registration in options.Registrations)
            {
                var create = registration.Factory;
                registration.Factory = services => new PollingHealthCheck(create(services));
            }
        });
}
