using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>GET /fruits/ids: of all that is for sale, newest first, for a list of the shop's pages.</summary>
internal static class ListFruitIds
{
    /// <summary>A site map holds 50,000 addresses; some are other pages.</summary>
    private const int MostIds = 45_000;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits/ids", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("Ids of the newest 45,000 fruits for sale, newest first");

    private static async Task<Ok<IReadOnlyList<Guid>>> HandleAsync(
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var ids = await connection.QueryAsync<Guid>(
            new CommandDefinition(
                "select id from fruits where for_sale order by id desc limit @MostIds",
                new { MostIds },
                cancellationToken: cancellationToken
            )
        );
        return TypedResults.Ok<IReadOnlyList<Guid>>([.. ids]);
    }
}
