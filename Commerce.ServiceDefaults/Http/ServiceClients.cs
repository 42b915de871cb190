using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Http.Resilience;
using Polly;

namespace Commerce.ServiceDefaults.Http;

public static class ServiceClientExtensions
{
    /// <summary>
    /// A typed client of another service: base address <c>http://{service}</c>, resolved through
    /// <c>services__{service}__http__0</c> (and 1, 2 … in turn; the name itself where nothing is configured). 10 s in all and 4 s
    /// per attempt; up to 3 more attempts (100 ms, doubling, jitter) when repeating cannot do harm; a breaker per client that
    /// opens for 2 s when half of at least 20 calls in 10 s fail. The caller's address goes along as <c>X-Forwarded-For</c>.
    /// Whatever went wrong is a <see cref="HttpRequestException"/>.
    /// </summary>
    public static IHttpClientBuilder AddServiceClient<TClient>(this IServiceCollection services, string service)
        where TClient : class
    {
        services.AddHttpContextAccessor();
        services.AddServiceDiscovery();
        services.TryAddTransient<ServiceCallHandler>();
        var client = services
            .AddHttpClient<TClient>(client => client.BaseAddress = new Uri($"http://{service}"))
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    ConnectTimeout = TimeSpan.FromSeconds(2),
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                }
            )
            .AddHttpMessageHandler<ServiceCallHandler>();
        client.AddStandardResilienceHandler(Configure);
        // Inside the attempts, so that each goes to the next replica.
        return client.AddServiceDiscovery();
    }

    private static void Configure(HttpStandardResilienceOptions options)
    {
        options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(10);
        options.AttemptTimeout.Timeout = TimeSpan.FromSeconds(4);
        options.Retry.MaxRetryAttempts = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        // A visitor waits for the page: whether to come back after seconds is theirs to say.
        options.Retry.ShouldRetryAfterHeader = false;
        options.Retry.ShouldHandle = args => new(IsTransient(args.Outcome) && IsRepeatable(args.Context));
        options.CircuitBreaker.FailureRatio = 0.5;
        options.CircuitBreaker.MinimumThroughput = 20;
        options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(10);
        options.CircuitBreaker.BreakDuration = TimeSpan.FromSeconds(2);
        options.CircuitBreaker.ShouldHandle = args => new(IsTransient(args.Outcome));
    }

    /// <summary>A 429 is the service's answer to this caller and no sign that it is ill.</summary>
    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) =>
        outcome.Result?.StatusCode != HttpStatusCode.TooManyRequests
        && HttpClientResiliencePredicates.IsTransient(outcome);

    /// <summary>By HTTP's own rules, or because the server keeps the first answer under the key.</summary>
    private static bool IsRepeatable(ResilienceContext context)
    {
#pragma warning disable EXTEXP0001 // An exception carries no request, and this is the only other way to it.
        var request = context.GetRequestMessage();
#pragma warning restore EXTEXP0001 // As above.
        return request is not null
            && (
                request.Method == HttpMethod.Get
                || request.Method == HttpMethod.Head
                || request.Method == HttpMethod.Put
                || request.Method == HttpMethod.Delete
                || request.Headers.Contains("Idempotency-Key")
            );
    }
}

/// <summary>Outermost: says for whom the call is, and turns what the pipeline throws into the one exception that callers know.</summary>
internal sealed class ServiceCallHandler(IHttpContextAccessor context) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        if (
            context.HttpContext?.Connection.RemoteIpAddress is { } caller
            && !request.Headers.Contains("X-Forwarded-For")
        )
        {
            request.Headers.Add("X-Forwarded-For", caller.ToString());
        }

        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (ExecutionRejectedException e)
        {
            throw new HttpRequestException($"{request.RequestUri?.Host} does not answer", e);
        }
    }
}
