using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>GET /farm/reviews: what shoppers said about any fruit of the own farm, newest first.</summary>
internal static class ListFarmReviews
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/farm/reviews", HandleAsync)
            .WithTags("Farm")
            .WithSummary("Reviews of own fruits, newest first")
            .RequireAuthorization(Policies.Farmer);

    private static async Task<Results<Ok<Paged<FarmReview>>, ValidationProblem>> HandleAsync(
        int? page,
        int? pageSize,
        HttpContext http,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        var (number, size) = PageRequest.Read(page, pageSize, v, largest: 60, size: 10);
        if (v.Failed)
            return v.Problem();

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                """
                select coalesce(sum(review_count), 0)::int from fruits where farm_id = @Sub;
                select r.id, r.fruit_id, f.name, f.name_en, r.author, r.stars, r.text, r.at
                from reviews r join fruits f on f.id = r.fruit_id where f.farm_id = @Sub
                order by r.at desc, r.id desc limit @size offset @skip
                """,
                new
                {
                    Sub = http.User.AccountId(),
                    size,
                    skip = (number - 1) * size,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        var reviews = (await results.ReadAsync<FarmReview>()).AsList();
        return TypedResults.Ok(new Paged<FarmReview>(reviews, total, number, size));
    }
}
