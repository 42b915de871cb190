using Dapper;
using Npgsql;

namespace Commerce.Identity.Addresses;

/// <summary>An account's addresses under its lock, so that there is one default and no more than <see cref="Most"/>.</summary>
internal static class AddressBook
{
    public const int Most = 20;

    /// <summary>
    /// How many addresses there are; null when there is no such account. The account's row is the lock; what is read after it
    /// is read by a snapshot that sees what another one wrote.
    /// </summary>
    public static async Task<int?> LockAsync(NpgsqlTransaction transaction, Guid accountId)
    {
        var connection = transaction.Connection!;
        var owner = await connection.QuerySingleOrDefaultAsync<Guid?>(
            "select id from account where id = @accountId for update",
            new { accountId },
            transaction
        );
        return owner is null
            ? null
            : await connection.QuerySingleAsync<int>(
                "select count(*)::int from address where account_id = @accountId",
                new { accountId },
                transaction
            );
    }

    /// <summary>Makes room for another default.</summary>
    public static Task ClearDefaultAsync(NpgsqlTransaction transaction, Guid accountId) =>
        transaction.Connection!.ExecuteAsync(
            "update address set is_default = false where account_id = @accountId and is_default",
            new { accountId },
            transaction
        );
}
