using Commerce.Contracts.Api;
using Commerce.Data.Audit;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Messaging.DeadLetters;

/// <summary>The dead letters that one request is about.</summary>
internal static class LetterIds
{
    public const int MostAtOnce = 100;

    /// <summary>Null when there are none or too many.</summary>
    public static List<Guid>? Distinct(IReadOnlyList<Guid>? ids) =>
        ids is { Count: > 0 and <= MostAtOnce } ? [.. ids.Distinct()] : null;

    public static ValidationProblem Problem() => Validation.Problem("ids", $"must be 1 to {MostAtOnce} ids");
}
