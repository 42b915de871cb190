using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.ServiceDefaults.Health;

internal static class HealthEndpoints
{
    /// <summary>Tag of the checks that only say that the process itself answers.</summary>
    public const string Live = "live";

    /// <summary>
    /// <c>/health</c>: ready, every check; <c>/alive</c>: the process answers. 200 (also when degraded) or 503, with
    /// <c>{"status":"Healthy","entries":{"identitydb":{"status":"Healthy"}}}</c>. No exception text: the page is open.
    /// </summary>
    public static void MapHealth(this IEndpointRouteBuilder app)
    {
        app.MapHealthChecks("/health", new HealthCheckOptions { ResponseWriter = WriteAsync })
            .AllowAnonymous()
            .DisableRateLimiting();
        app.MapHealthChecks(
                "/alive",
                new HealthCheckOptions { Predicate = check => check.Tags.Contains(Live), ResponseWriter = WriteAsync }
            )
            .AllowAnonymous()
            .DisableRateLimiting();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new HealthBody(
                report.Status.ToString(),
                report.Entries.ToDictionary(
                    e => e.Key,
                    e => new HealthEntry(e.Value.Status.ToString(), Description(e.Value)),
                    StringComparer.Ordinal
                )
            ),
            JsonSerializerOptions.Web,
            context.RequestAborted
        );

    /// <summary>A check's own words. When it threw, the framework puts the exception's there, and those may hold anything.</summary>
    private static string? Description(HealthReportEntry entry) =>
        entry.Exception is { } exception && exception.Message == entry.Description ? null : entry.Description;

    private sealed record HealthBody(string Status, Dictionary<string, HealthEntry> Entries);

    private sealed record HealthEntry(string Status, string? Description);
}
