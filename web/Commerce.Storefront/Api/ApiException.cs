using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.Storefront.Api;

/// <summary>Why a call to a service did not bring what the page wanted, as far as a page can act on it.</summary>
public enum ApiTrouble
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

/// <summary>Thrown by the API clients; pages show it through <see cref="Shared.Loaded{T}"/> or a message.</summary>
public sealed class ApiException(ApiTrouble trouble, ApiProblem? problem = null, Exception? inner = null)
    : Exception(problem?.Detail ?? problem?.Title ?? trouble.ToString(), inner)
{
    public ApiTrouble Trouble { get; } = trouble;
    public ApiProblem? Problem { get; } = problem;

    /// <summary>How long a service that was asked too often wants to be left alone.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public static ApiTrouble Classify(HttpStatusCode status) =>
        status switch
        {
            HttpStatusCode.Unauthorized => ApiTrouble.SignedOut,
            HttpStatusCode.Forbidden => ApiTrouble.Forbidden,
            HttpStatusCode.NotFound => ApiTrouble.NotFound,
            HttpStatusCode.Conflict => ApiTrouble.Conflict,
            HttpStatusCode.TooManyRequests => ApiTrouble.TooMany,
            >= HttpStatusCode.BadRequest and < HttpStatusCode.InternalServerError => ApiTrouble.Invalid,
            _ => ApiTrouble.Unavailable,
        };
}
