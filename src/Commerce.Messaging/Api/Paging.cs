using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Messaging;

/// <summary>Bounds of the lists here: pages from 1, of 1–100 rows.</summary>
internal static class Paging
{
    private const int MaxPageSize = 100;

    public static ValidationProblem? Problem(int page, int pageSize) =>
        page < 1 ? Refused("page", "must be from 1")
        : pageSize is < 1 or > MaxPageSize ? Refused("pageSize", $"must be 1 to {MaxPageSize}")
        : null;

    public static long Skip(int page, int pageSize) => (page - 1L) * pageSize;

    public static ValidationProblem Refused(string field, string message) =>
        TypedResults.ValidationProblem(
            new Dictionary<string, string[]>(StringComparer.Ordinal) { [field] = [message] },
            title: "The request is not valid."
        );
}
