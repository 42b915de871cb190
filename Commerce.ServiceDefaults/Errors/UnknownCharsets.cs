using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Commerce.ServiceDefaults.Errors;

/// <summary>
/// Answers a body in an encoding that nobody knows (<c>application/json; charset=nonsense</c>) with 415. The framework would only
/// notice while it reads the body, and take it for a fault of the server; so it does with a known name in quotes, which are
/// taken off.
/// </summary>
internal static class UnknownCharsets
{
    public static IApplicationBuilder UseAnswerForUnknownCharsets(this IApplicationBuilder app) =>
        app.Use(
            (HttpContext context, RequestDelegate next) =>
                IsUnknown(context.Request)
                    ? TypedResults.Problem(statusCode: StatusCodes.Status415UnsupportedMediaType).ExecuteAsync(context)
                    : next(context)
        );

    private static bool IsUnknown(HttpRequest request)
    {
        if (
            request.ContentType is null
            || !MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || type.CharSet is not { Length: > 0 } charset
        )
        {
            return false;
        }

        try
        {
            var name = charset.Trim('"');
            _ = Encoding.GetEncoding(name);
            if (name != charset)
            {
                type.CharSet = name;
                request.ContentType = type.ToString();
            }

            return false;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }
}
