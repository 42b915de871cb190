using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.ServiceDefaults;

/// <summary>
/// Every error leaves as RFC 9457 problem details with a <c>traceId</c> (32 hex digits, to be looked up in the dashboard),
/// whatever the request accepts. Internals stay in the log.
/// </summary>
internal static class ProblemDetailsForErrors
{
    public static void AddProblemDetailsForEveryError(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options =>
            options.CustomizeProblemDetails = context =>
                context.ProblemDetails.Extensions["traceId"] =
                    Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier
        );
        builder.Services.AddExceptionHandler<RequestErrors>();
        // Malformed input arrives as an exception that says which parameter or field it was; without this it is a bare 400.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblemDetailsForEveryError(this WebApplication app)
    {
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                // Bad requests are the client's affair; only what RequestErrors leaves over is logged as an error.
                SuppressDiagnosticsCallback = context => context.Exception is BadHttpRequestException,
            }
        );
        app.UseStatusCodePages(
            new StatusCodePagesOptions
            {
                HandleAsync = context =>
                    TypedResults
                        .Problem(statusCode: context.HttpContext.Response.StatusCode)
                        .ExecuteAsync(context.HttpContext),
            }
        );
    }
}
