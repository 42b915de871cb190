using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Commerce.ServiceDefaults.Tests.Health;

public sealed class HealthTests
{
    [Theory]
    [InlineData("Production")]
    [InlineData("Development")]
    public async Task A_healthy_service_says_so_in_every_environment(string environment)
    {
        await using var service = await SampleService.StartAsync([("environment", environment)]);
        foreach (var path in new[] { "/health", "/alive" })
        {
            var (status, body) = await GetAsync(service, path);
            status.ShouldBe(HttpStatusCode.OK);
            body.GetProperty("status").GetString().ShouldBe("Healthy");
            Entry(body, "self").ShouldBe("Healthy");
        }
    }

    [Fact]
    public async Task A_failing_part_is_named_and_takes_away_readiness_but_not_life()
    {
        await using var service = await SampleService.StartAsync(configure: builder =>
            builder
                .Services.AddHealthChecks()
                .AddCheck("database", () => throw new InvalidOperationException("password=hunter2"))
        );
        var (status, body) = await GetAsync(service, "/health");
        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        Entry(body, "database").ShouldBe("Unhealthy");
        body.GetRawText().ShouldNotContain("hunter2");
        (await GetAsync(service, "/alive")).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_degraded_part_leaves_the_service_ready()
    {
        await using var service = await SampleService.StartAsync(configure: builder =>
            builder.Services.AddHealthChecks().AddCheck("cache", () => HealthCheckResult.Degraded("slow"))
        );
        var (status, body) = await GetAsync(service, "/health");
        status.ShouldBe(HttpStatusCode.OK);
        Entry(body, "cache").ShouldBe("Degraded");
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetAsync(SampleService service, string path)
    {
        using var client = service.Client();
        var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>());
    }

    private static string? Entry(JsonElement body, string name) =>
        body.GetProperty("entries").GetProperty(name).GetProperty("status").GetString();
}
