using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>In front of everything that a farmer writes: 403 with the reason while the farm is suspended.</summary>
internal sealed class RequireActiveFarm(NpgsqlDataSource database) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        return await ReasonAsync(http.User.AccountId(), http.RequestAborted) is { } reason
            ? TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "The farm is suspended.",
                detail: reason
            )
            : await next(context);
    }

    // The connection is back before the handler takes its own: two each would empty the pool under a rush.
    private async Task<string?> ReasonAsync(Guid farmId, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(
                "select reason from farm_standings where farm_id = @farmId and suspended",
                new { farmId },
                cancellationToken: cancellationToken
            )
        );
    }
}
