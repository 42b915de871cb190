using Commerce.Catalog.Farms;
using Commerce.Catalog.Fruits;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Import;

/// <summary>
/// POST /farm/imports takes a file, GET /farm/imports/{id} tells how far it is, POST /farm/imports/{id}/run takes the next rows.
/// Whoever runs it sees the progress, may stop, and goes on later where it stopped.
/// </summary>
internal static class ImportEndpoints
{
    private const int MostBytes = 1024 * 1024;
    private const int MostRows = 1_000;

    public static void MapImports(this IEndpointRouteBuilder endpoints)
    {
        var imports = endpoints.MapGroup("/farm/imports").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        imports
            .MapPost("/", ReadAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .Accepts<byte[]>("text/csv")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .WithSummary("Reads and checks a CSV file of fruits (UTF-8 or CP949, 1 MB, 1,000 rows); lists nothing yet");
        imports.MapGet("/{id:guid}", ShowAsync).WithSummary("How far an import is");
        imports
            .MapPost("/{id:guid}/run", RunAsync)
            .RequireRateLimiting(RateLimits.Writes)
            .AddEndpointFilter<RouteHandlerBuilder, RequireActiveFarm>()
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .WithSummary("Takes the next 50 good rows");
    }

    private static async Task<Results<Created<FruitImport>, ValidationProblem, ProblemHttpResult>> ReadAsync(
        HttpContext http,
        NpgsqlDataSource database,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (await BodyAsync(http.Request, cancellationToken) is not { } file)
        {
            return TypedResults.Problem(
                statusCode: StatusCodes.Status413PayloadTooLarge,
                title: "The file is too large.",
                detail: $"At most {MostBytes} bytes."
            );
        }

        if (CsvTable.Read(file, MostRows + 2) is not { } table)
            return Validation.Problem("file", "must be CSV in UTF-8 or CP949 with every quote closed");
        if (table.Rows.Count < 2)
            return Validation.Problem("file", "must have a header and at least one row");
        if (table.Rows.Count > MostRows + 1)
            return Validation.Problem("file", $"must have at most {MostRows} rows");
        if (ImportReader.MissingColumns(table.Rows[0].Cells) is { Count: > 0 } missing)
            return Validation.Problem("columns", string.Join(", ", missing));

        var rows = ImportReader.Read(table, Calendar.Today(time.GetUtcNow()));
        var farmId = http.User.AccountId();
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var id = await ImportStore.KeepAsync(transaction, farmId, table.Encoding, rows, cancellationToken);
        var import = await ImportStore.FindAsync(transaction, id, farmId, cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return TypedResults.Created($"/farm/imports/{id}", import);
    }

    private static async Task<Results<Ok<FruitImport>, NotFound>> ShowAsync(
        Guid id,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var import = await ImportStore.FindAsync(transaction, id, http.User.AccountId(), cancellationToken);
        return import is null ? TypedResults.NotFound() : TypedResults.Ok(import);
    }

    private static async Task<Results<Ok<FruitImport>, NotFound, ProblemHttpResult>> RunAsync(
        Guid id,
        RunImport run,
        HttpContext http,
        ImportRunner runner,
        CancellationToken cancellationToken
    )
    {
        var (import, refused) = await runner.StepAsync(id, http.User.AccountId(), run, cancellationToken);
        if (refused is not null)
            return refused;
        return import is null ? TypedResults.NotFound() : TypedResults.Ok(import);
    }

    /// <summary>Null when it is longer than it may be, whatever its header claims.</summary>
    private static async Task<byte[]?> BodyAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > MostBytes)
            return null;
        using var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, cancellationToken)) > 0)
        {
            if (body.Length + read > MostBytes)
                return null;
            body.Write(buffer, 0, read);
        }
        return body.ToArray();
    }
}
