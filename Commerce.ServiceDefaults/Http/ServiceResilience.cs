using System.Net;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Commerce.ServiceDefaults;

/// <summary>
/// One pipeline per service, shared by all requests to it: 10 s in all, up to 3 more attempts (100 ms, doubling, jitter) when
/// repeating cannot do harm, a breaker that opens for 2 s when half of at least 20 calls in 10 s fail, 4 s per attempt.
/// </summary>
internal sealed class ServiceResilience
{
    private static readonly ResiliencePropertyKey<HttpRequestMessage> Request = new("request");

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline =
        new ResiliencePipelineBuilder<HttpResponseMessage>()
            .AddTimeout(TimeSpan.FromSeconds(10))
            .AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    MaxRetryAttempts = 3,
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    Delay = TimeSpan.FromMilliseconds(100),
                    ShouldHandle = args =>
                        new(
                            IsTransient(args.Outcome)
                                && args.Context.Properties.TryGetValue(Request, out var request)
                                && IsRepeatable(request)
                        ),
                    OnRetry = args =>
                    {
                        args.Outcome.Result?.Dispose();
                        return default;
                    },
                }
            )
            .AddCircuitBreaker(
                new CircuitBreakerStrategyOptions<HttpResponseMessage>
                {
                    FailureRatio = 0.5,
                    MinimumThroughput = 20,
                    SamplingDuration = TimeSpan.FromSeconds(10),
                    BreakDuration = TimeSpan.FromSeconds(2),
                    ShouldHandle = args => new(IsTransient(args.Outcome)),
                }
            )
            .AddTimeout(TimeSpan.FromSeconds(4))
            .Build();

    public async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        Func<CancellationToken, Task<HttpResponseMessage>> send,
        CancellationToken cancellationToken
    )
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        context.Properties.Set(Request, request);
        try
        {
            return await _pipeline.ExecuteAsync(
                static async (context, send) => await send(context.CancellationToken),
                context,
                send
            );
        }
        catch (Exception e) when (e is BrokenCircuitException or TimeoutRejectedException)
        {
            // Callers of HttpClient know one exception for "it did not work".
            throw new HttpRequestException($"{request.RequestUri?.Host} does not answer", e);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>By HTTP's own rules, or because the server keeps the first answer under the key.</summary>
    private static bool IsRepeatable(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get
        || request.Method == HttpMethod.Head
        || request.Method == HttpMethod.Put
        || request.Method == HttpMethod.Delete
        || request.Headers.Contains("Idempotency-Key");

    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is HttpRequestException or TimeoutRejectedException
        || outcome.Result?.StatusCode
            is HttpStatusCode.InternalServerError
                or HttpStatusCode.BadGateway
                or HttpStatusCode.ServiceUnavailable
                or HttpStatusCode.GatewayTimeout
                or HttpStatusCode.RequestTimeout;
}

internal sealed class ServiceResilienceHandler(ServiceResilience resilience) : DelegatingHandler
{
    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    ) => resilience.SendAsync(request, token => base.SendAsync(request, token), cancellationToken);
}
