using System.Text;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Npgsql;

namespace Commerce.Messaging;

/// <summary>An event that a consumer gave up on, as admins see it.</summary>
/// <param name="Id">Of the dead letter, not of the event.</param>
/// <param name="EventType">Empty when the message did not say.</param>
/// <param name="Payload">As text; bytes that are none are replaced.</param>
/// <param name="RedrivenAt">When the handler took it after all.</param>
internal sealed record DeadLetter(
    Guid Id,
    string Consumer,
    string Topic,
    string EventType,
    string Subject,
    int Attempts,
    string Error,
    string Payload,
    DateTimeOffset FailedAt,
    DateTimeOffset? RedrivenAt
);

internal sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, int Total, int Page, int PageSize);

internal static class DeadLetterEndpoints
{
    private const int MaxPageSize = 100;

    public static void Map(IEndpointRouteBuilder endpoints, string policy)
    {
        var group = endpoints.MapGroup("/dead-letters").RequireAuthorization(policy).WithTags("Messaging");
        group.MapGet("/", ListAsync).WithSummary("Events that consumers gave up on, newest first.");
        group
            .MapPost("/{id:guid}/redrive", RedriveAsync)
            .WithSummary("Hands a dead letter to its handler again; 409 when the handler fails again.");
    }

    private static async Task<Results<Ok<DeadLetterPage>, ValidationProblem>> ListAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken,
        int page = 1,
        int pageSize = 20
    )
    {
        if (page < 1 || pageSize is < 1 or > MaxPageSize)
        {
            return TypedResults.ValidationProblem(
                new Dictionary<string, string[]>(StringComparer.Ordinal)
                {
                    [page < 1 ? "page" : "pageSize"] = [$"page is from 1, pageSize from 1 to {MaxPageSize}."],
                }
            );
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await connection.QueryAsync<Row>(
            $"{Select} order by failed_at desc, id limit @pageSize offset @skip",
            new { pageSize, skip = (page - 1L) * pageSize }
        );
        var total = await connection.ExecuteScalarAsync<int>("select count(*) from dead_letters");
        return TypedResults.Ok(new DeadLetterPage([.. rows.Select(row => row.ToLetter())], total, page, pageSize));
    }

    private static async Task<Results<Ok<DeadLetter>, NotFound, ProblemHttpResult>> RedriveAsync(
        Guid id,
        Redrive redrive,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var outcome = await redrive.RunAsync(id, cancellationToken);
        if (outcome.Kind == RedriveOutcome.NotFound)
        {
            return TypedResults.NotFound();
        }

        if (outcome.Kind == RedriveOutcome.Failed)
        {
            return TypedResults.Problem(
                outcome.Error,
                title: "The handler failed again.",
                statusCode: StatusCodes.Status409Conflict
            );
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var row = await connection.QuerySingleAsync<Row>($"{Select} where id = @id", new { id });
        return TypedResults.Ok(row.ToLetter());
    }

    private const string Select = """
        select id, consumer, topic, event_type, subject, attempts, error, payload, failed_at, redriven_at from dead_letters
        """;

    private sealed record Row(
        Guid Id,
        string Consumer,
        string Topic,
        string EventType,
        string Subject,
        int Attempts,
        string Error,
        byte[] Payload,
        DateTimeOffset FailedAt,
        DateTimeOffset? RedrivenAt
    )
    {
        public DeadLetter ToLetter() =>
            new(
                Id,
                Consumer,
                Topic,
                EventType,
                Subject,
                Attempts,
                Error,
                Encoding.UTF8.GetString(Payload),
                FailedAt,
                RedrivenAt
            );
    }
}
