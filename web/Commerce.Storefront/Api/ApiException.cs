using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Storefront.Api;

/// <summary>Why a call to a service did not bring what the page wanted, as far as a page can act on it.</summary>
public enum ApiErrorKind
{
    /// <summary>The service is away, too slow or broken: try again later.</summary>
    Unavailable,

    /// <summary>Not signed in, or the session ended.</summary>
    SignedOut,
    Forbidden,
    NotFound,

    /// <summary>The input was refused; <see cref="ApiProblem.Errors"/> may name fields.</summary>
    Invalid,

    /// <summary>It was fine a moment ago: price changed, still in flight, used key.</summary>
    Conflict,
    TooMany,
}

/// <summary>RFC 9457 problem details as the services write them.</summary>
public sealed record ApiProblem
{
    public string? Title { get; init; }
    public string? Detail { get; init; }

    /// <summary>Field name as in the request (<c>items[0].quantity</c>) → messages.</summary>
    public Dictionary<string, string[]>? Errors { get; init; }

    /// <summary>Anything else, such as <c>totalKrw</c> of a changed total.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; init; }
}

/// <summary>Thrown by the API clients; pages show it through <see cref="Shared.ApiResult{T}"/> or a message.</summary>
public sealed class ApiException(ApiErrorKind trouble, ApiProblem? problem = null, Exception? inner = null)
    : Exception(problem?.Detail ?? problem?.Title ?? trouble.ToString(), inner)
{
    public ApiErrorKind ErrorKind { get; } = trouble;
    public ApiProblem? Problem { get; } = problem;

    /// <summary>How long a service that was asked too often wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ApiErrorKind Classify(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized => ApiErrorKind.SignedOut,
            HttpStatusCode.Forbidden => ApiErrorKind.Forbidden,
            HttpStatusCode.NotFound => ApiErrorKind.NotFound,
            HttpStatusCode.Conflict => ApiErrorKind.Conflict,
            HttpStatusCode.TooManyRequests => ApiErrorKind.TooMany,
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ApiErrorKind.Invalid,
            _ => ApiErrorKind.Unavailable,
        };
}
