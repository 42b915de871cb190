using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Commerce.ServiceDefaults;

public static class ServiceClientExtensions
{
    /// <summary>
    /// A typed client of another service: base address <c>http://{service}</c>, resolved through
    /// <c>services__{service}__http__0</c> (and 1, 2 … in turn), with timeouts, retries of repeatable requests and a
    /// circuit breaker. The caller's address goes along as <c>X-Forwarded-For</c>.
    /// </summary>
    public static IHttpClientBuilder AddServiceClient<TClient>(this IServiceCollection services, string service)
        where TClient : class
    {
        services.AddHttpContextAccessor();
        services.TryAddSingleton<ServiceAddresses>();
        services.TryAddTransient<ServiceAddressHandler>();
        services.AddKeyedSingleton(service, (_, _) => new ServiceResilience());
        return services
            .AddHttpClient<TClient>(client =>
            {
                client.BaseAddress = new Uri($"http://{service}");
                // The pipeline has its own, shorter ones.
                client.Timeout = Timeout.InfiniteTimeSpan;
            })
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    ConnectTimeout = TimeSpan.FromSeconds(2),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                }
            )
            .AddHttpMessageHandler(provider => new ServiceResilienceHandler(
                provider.GetRequiredKeyedService<ServiceResilience>(service)
            ))
            .AddHttpMessageHandler<ServiceAddressHandler>();
    }
}

/// <summary>Where a service is: <c>services:{name}:http:{n}</c> or <c>:https:{n}</c>, as Aspire and Kubernetes inject it.</summary>
internal sealed class ServiceAddresses(IConfiguration configuration)
{
    private int _turn;

    /// <summary>The address of one replica, in turn; null when nothing is configured, which leaves the name to DNS.</summary>
    public Uri? Resolve(string service)
    {
        var section = configuration.GetSection($"services:{service}");
        var addresses = section.GetSection("http").GetChildren().Concat(section.GetSection("https").GetChildren());
        var list = addresses.Select(a => a.Value).Where(a => !string.IsNullOrWhiteSpace(a)).ToList();
        return list.Count == 0 ? null : new Uri(list[(int)((uint)Interlocked.Increment(ref _turn) % list.Count)]!);
    }
}

internal sealed class ServiceAddressHandler(ServiceAddresses addresses, IHttpContextAccessor context)
    : DelegatingHandler
{
    private static readonly HttpRequestOptionsKey<string> Service = new("commerce.service");

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        // A retry comes by again with the address of the last attempt; the name is what counts.
        if (!request.Options.TryGetValue(Service, out var service))
        {
            service = request.RequestUri!.Host;
            request.Options.Set(Service, service);
        }

        if (addresses.Resolve(service) is { } address)
        {
            request.RequestUri = new UriBuilder(request.RequestUri!)
            {
                Scheme = address.Scheme,
                Host = address.Host,
                Port = address.Port,
            }.Uri;
        }

        if (
            context.HttpContext?.Connection.RemoteIpAddress is { } caller
            && !request.Headers.Contains("X-Forwarded-For")
        )
        {
            request.Headers.Add("X-Forwarded-For", caller.ToString());
        }

        return base.SendAsync(request, cancellationToken);
    }
}
