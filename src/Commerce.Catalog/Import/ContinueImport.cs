using Commerce.Catalog.Farms;
using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Catalog.Import;

/// <summary>
/// POST /farm/imports/{id}/run takes the next rows. Whoever runs it sees the progress, may stop, and goes on later where it
/// stopped.
/// </summary>
internal static class ContinueImport
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapPost("/farm/imports/{id:guid}/run", HandleAsync)
            .ForFarmWrites()
            .WithSummary("Takes the next 50 good rows")
            .ProducesProblem(StatusCodes.Status409Conflict);

    private static async Task<Results<Ok<FruitImport>, NotFound, ProblemHttpResult>> HandleAsync(
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
}
