using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Commerce.ServiceDefaults.RateLimiting;

/// <summary>A problem that is over after a while: with <c>Retry-After</c> in whole seconds, at least 1.</summary>
public sealed class RetryAfterResult(int status, string title, TimeSpan retryAfter) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        httpContext.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults
            .Problem(statusCode: status, title: title, detail: $"Try again in {seconds} s.", type: TypeOf(status))
            .ExecuteAsync(httpContext);
    }

    private static string? TypeOf(int status) =>
        status == StatusCodes.Status429TooManyRequests ? "https://tools.ietf.org/html/rfc6585#section-4" : null;
}
