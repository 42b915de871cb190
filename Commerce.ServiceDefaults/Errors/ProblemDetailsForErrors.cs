using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.ServiceDefaults.Errors;

/// <summary>
/// Every error leaves as RFC 9457 problem details with a <c>traceId</c> (32 hex digits, to be looked up in the dashboard),
/// whatever the request accepts. Internals stay in the log.
/// </summary>
internal static class ProblemDetailsForErrors
{
    public static void AddProblemDetailsForEveryError(this WebApplicationBuilder builder)
    {
        builder.Services.AddProblemDetails(options => options.CustomizeProblemDetails = AddTraceId);
        builder.Services.AddSingleton<IProblemDetailsWriter, WriterForAnyAccept>();
        // Malformed input arrives as an exception that says which parameter or field it was; without this it is a bare 400.
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
    }

    public static void UseProblemDetailsForEveryError(this WebApplication app)
    {
        // A delegate and no IExceptionHandler: those would also answer for the pages of a site that has its own page for errors.
        app.UseExceptionHandler(
            new ExceptionHandlerOptions
            {
                ExceptionHandler = RequestErrors.AnswerAsync,
                AllowStatusCode404Response = true,
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

    private static void AddTraceId(ProblemDetailsContext context) =>
        context.ProblemDetails.Extensions["traceId"] =
            Activity.Current?.TraceId.ToString() ?? context.HttpContext.TraceIdentifier;

    /// <summary>Comes after the framework's own, which writes nothing for a client that asks for HTML only.</summary>
    private sealed class WriterForAnyAccept : IProblemDetailsWriter
    {
        public bool CanWrite(ProblemDetailsContext context) => true;

        public ValueTask WriteAsync(ProblemDetailsContext context)
        {
            AddTraceId(context);
            return new(
                context.HttpContext.Response.WriteAsJsonAsync(
                    context.ProblemDetails,
                    context.ProblemDetails.GetType(),
                    options: null,
                    contentType: "application/problem+json",
                    context.HttpContext.RequestAborted
                )
            );
        }
    }
}
