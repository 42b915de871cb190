using Commerce.Catalog.Fruits;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.RateLimiting;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Import;

/// <summary>POST /farm/imports takes a file of fruits and says what is wrong with its rows. It lists nothing yet.</summary>
internal static class UploadImport
{
    private const int MostBytes = 1024 * 1024;
    private const int MostRows = 1_000;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/farm/imports", HandleAsync)
            .WithTags("Farm")
            .WithSummary("Reads and checks a CSV file of fruits (UTF-8 or CP949, 1 MB, 1,000 rows); lists nothing yet")
            .RequireAuthorization(Policies.Farmer)
            .RequireRateLimiting(RateLimits.Writes)
            .Accepts<byte[]>("text/csv")
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge);

    private static async Task<Results<Created<FruitImport>, ValidationProblem, ProblemHttpResult>> HandleAsync(
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
