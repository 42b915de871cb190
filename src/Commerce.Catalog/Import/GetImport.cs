using Commerce.Catalog.Fruits;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Import;

/// <summary>GET /farm/imports/{id}.</summary>
internal static class GetImport
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/imports/{id:guid}", HandleAsync)
            .WithTags("Farm")
            .WithSummary("How far an import is")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<FruitImport>, NotFound>> HandleAsync(
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
}
