using Dapper;
using Npgsql;

namespace Commerce.Catalog.Farms;

/// <summary>
/// Changes of a farm and of its fruits take turns, farm by farm. Triggers count what lists show under one lock for all farms, at
/// the first row that needs it: two that had begun with different rows of the same farm would wait for each other.
/// </summary>
internal static class FarmLock
{
    /// <summary>Until the transaction ends; before it touches any fruit of these farms.</summary>
    public static Task AcquireAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<Guid> farmIds,
        CancellationToken cancellationToken
    ) =>
        transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                "select from farms where id = any(@farmIds) order by id for no key update",
                new { farmIds = farmIds.ToArray() },
                transaction,
                cancellationToken: cancellationToken
            )
        );
}
