using System.Globalization;
using Commerce.ServerProcesses.Processes;
using Microsoft.Extensions.Configuration;

namespace Commerce.AppHost.Platform;

/// <summary>Addresses: the shop's and the dashboard's are preferred ones (<c>Ports:storefront</c>), which move on when taken.</summary>
internal static class Ports
{
    public static void GiveOutPorts(this IDistributedApplicationBuilder builder)
    {
        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            foreach (var endpoint in project.Annotations.OfType<EndpointAnnotation>())
            {
                // Ports of launch profiles are fixed, and a second checkout has the same ones.
                endpoint.Port = Next(builder.Configuration, project.Name);
            }
        }

        builder.Configuration["ASPNETCORE_URLS"] = Loopback(Next(builder.Configuration, "dashboard"));
        builder.Configuration["ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL"] = Loopback(FreePort.Next());
        builder.Configuration["ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL"] = Loopback(FreePort.Next());
    }

    // Without TLS: there is no certificate to trust on loopback, and appsettings.json tells Aspire that this is meant.
    private static string Loopback(int port) => string.Create(CultureInfo.InvariantCulture, $"http://localhost:{port}");

    private static int Next(IConfiguration configuration, string name) =>
        configuration.GetValue<int?>($"Ports:{name}") is { } preferred ? FreePort.From(preferred) : FreePort.Next();
}
