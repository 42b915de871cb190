using System.Text.Json;
using System.Text.RegularExpressions;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.ServiceDefaults.Errors;

/// <summary>Turns what the framework throws at malformed input into a 400 that names the field, and the rest into a bare 500.</summary>
internal static partial class RequestErrors
{
    public static Task AnswerAsync(HttpContext context) =>
        Describe(context.Features.Get<IExceptionHandlerFeature>()!.Error).ExecuteAsync(context);

    private static IResult Describe(Exception exception) =>
        exception switch
        {
            BadHttpRequestException { InnerException: JsonException json } => Invalid(json),
            BadHttpRequestException { StatusCode: StatusCodes.Status400BadRequest } bad => Invalid(bad),
            BadHttpRequestException bad => TypedResults.Problem(statusCode: bad.StatusCode),
            JsonException json => Invalid(json),
            _ => TypedResults.Problem(
                statusCode: StatusCodes.Status500InternalServerError,
                detail: "Something went wrong on our side. The trace id finds it in the log."
            ),
        };

    private static ValidationProblem Invalid(JsonException json)
    {
        var missing = MissingProperties().Match(json.Message);
        if (missing.Success)
        {
            var prefix = Field(json.Path) is not "body" and var parent ? parent + "." : "";
            var fields = Quoted().Matches(missing.Groups["list"].Value).Select(m => prefix + m.Groups["name"].Value);
            return Problem([.. fields], "is required");
        }

        return Problem(
            [Field(json.Path)],
            json.Message.Contains("doesn't allow null", StringComparison.Ordinal) ? "is required" : "has the wrong form"
        );
    }

    private static IResult Invalid(BadHttpRequestException bad)
    {
        if (bad.Message.Contains("no body was provided", StringComparison.Ordinal))
        {
            return Problem(["body"], "is required");
        }

        var parameter = Parameter().Match(bad.Message);
        if (!parameter.Success)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status400BadRequest,
                detail: "The request is malformed."
            );
        }

        // Bound through a record, a parameter is named after its property; the client knows it in camelCase.
        var name = JsonNamingPolicy.CamelCase.ConvertName(parameter.Groups["name"].Value);
        return bad.Message.StartsWith("Required", StringComparison.Ordinal)
            ? Problem([name], "is required")
            : Problem([name], "has the wrong form");
    }

    private static ValidationProblem Problem(string[] fields, string message)
    {
        var validation = new Validation();
        foreach (var field in fields)
        {
            validation.Check(field, ok: false, message);
        }

        return validation.Problem();
    }

    /// <summary><c>$.items[0].quantity</c> as the client knows it: <c>items[0].quantity</c>.</summary>
    private static string Field(string? path) =>
        path?.TrimStart('$').TrimStart('.') is { Length: > 0 } field ? field : "body";

    [GeneratedRegex("missing required properties including: (?<list>.*)", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex MissingProperties();

    [GeneratedRegex("'(?<name>[^']+)'", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Quoted();

    [GeneratedRegex("parameter \"[^\"]*?(?<name>[^\" ]+)\"", RegexOptions.ExplicitCapture, 100)]
    private static partial Regex Parameter();
}
