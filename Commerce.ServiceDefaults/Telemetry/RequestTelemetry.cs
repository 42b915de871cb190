using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;

namespace Commerce.ServiceDefaults;

/// <summary>
/// Names the server's span after its route and gives it the tags of OpenTelemetry's HTTP conventions. Requests that say
/// nothing about the platform's work (health, documents, files, the browser's long-lived socket) are not traced.
/// </summary>
internal sealed class RequestTelemetry(RequestDelegate next)
{
    private static readonly string[] Silent =
    [
        "/health",
        "/alive",
        "/openapi",
        "/swagger",
        "/_framework",
        "/_content",
        "/_blazor",
        "/.well-known",
    ];

    public Task InvokeAsync(HttpContext context)
    {
        // Not Activity.Current: a listener may have put its own on top.
        if (context.Features.Get<IHttpActivityFeature>()?.Activity is not { } activity)
        {
            return next(context);
        }

        if (IsSilent(context.Request.Path))
        {
            activity.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
            activity.IsAllDataRequested = false;
            return next(context);
        }

        return activity.IsAllDataRequested ? TagAsync(context, activity) : next(context);
    }

    private async Task TagAsync(HttpContext context, Activity activity)
    {
        // The route is read before the exception handler clears the endpoint.
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var method = context.Request.Method;
        activity.DisplayName = route is null ? method : $"{method} {route}";
        activity.SetTag("http.request.method", method);
        activity.SetTag("url.path", context.Request.Path.Value);
        activity.SetTag("url.scheme", context.Request.Scheme);
        activity.SetTag("server.address", context.Request.Host.Host);
        if (route is not null)
        {
            activity.SetTag("http.route", route);
        }

        await next(context);

        var status = context.Response.StatusCode;
        activity.SetTag("http.response.status_code", status);
        if (status >= StatusCodes.Status500InternalServerError)
        {
            activity.SetTag(
                "error.type",
                context
                    .Features.Get<Microsoft.AspNetCore.Diagnostics.IExceptionHandlerFeature>()
                    ?.Error.GetType()
                    .FullName
                    ?? status.ToString(System.Globalization.CultureInfo.InvariantCulture)
            );
            activity.SetStatus(ActivityStatusCode.Error);
        }
    }

    private static bool IsSilent(PathString path)
    {
        foreach (var prefix in Silent)
        {
            if (path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }

        // Files: /app.css, /fruits/apple.svg.
        return Path.HasExtension(path.Value);
    }
}
