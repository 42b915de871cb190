using Commerce.ServiceDefaults;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>In front of everything that a farmer writes: 403 with the reason while the farm is suspended.</summary>
internal sealed class OnlyOpenFarms(NpgsqlDataSource database) : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var http = context.HttpContext;
        await using var connection = await database.OpenConnectionAsync(http.RequestAborted);
        var reason = await connection.ExecuteScalarAsync<string?>(
            new CommandDefinition(
                "select reason from farm_standings where farm_id = @Sub and suspended",
                new { Sub = http.User.AccountId() },
                cancellationToken: http.RequestAborted
            )
        );
        return reason is null
            ? await next(context)
            : TypedResults.Problem(
                statusCode: StatusCodes.Status403Forbidden,
                title: "The farm is suspended.",
                detail: reason
            );
    }
}
