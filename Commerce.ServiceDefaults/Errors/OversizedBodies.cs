using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Commerce.ServiceDefaults.Errors;

/// <summary>
/// Answers a body that announces more than the limit with 413. A client that is still sending reads no answer and finds a broken
/// connection instead, so a body of bearable size is read to its end and dropped first.
/// </summary>
internal static class OversizedBodies
{
    private const long BearableBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan BearableTime = TimeSpan.FromSeconds(5);

    public static IApplicationBuilder UseAnswerForOversizedBodies(this IApplicationBuilder app) =>
        app.Use(
            async (HttpContext context, RequestDelegate next) =>
            {
                var size = context.Features.Get<IHttpMaxRequestBodySizeFeature>();
                if (size?.MaxRequestBodySize is not { } limit || !(context.Request.ContentLength > limit))
                {
                    await next(context);
                    return;
                }

                await DropAsync(context, size);
                await TypedResults.Problem(statusCode: StatusCodes.Status413PayloadTooLarge).ExecuteAsync(context);
            }
        );

    private static async Task DropAsync(HttpContext context, IHttpMaxRequestBodySizeFeature size)
    {
        // Who asks first (Expect: 100-continue) has sent nothing yet.
        if (
            context.Request.ContentLength > BearableBytes
            || size.IsReadOnly
            || context.Request.Headers.Expect.Count > 0
        )
        {
            return;
        }

        size.MaxRequestBodySize = BearableBytes;
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        patience.CancelAfter(BearableTime);
        try
        {
            await context.Request.Body.CopyToAsync(Stream.Null, patience.Token);
        }
        catch (OperationCanceledException) when (!context.RequestAborted.IsCancellationRequested)
        {
            // Too slow: it gets its answer now, whether it reads it or not.
        }
    }
}
