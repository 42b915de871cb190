using Dapper;
using Npgsql;

namespace Commerce.Order.Placing;

/// <summary>The first answers under idempotency keys, for 24 h.</summary>
internal static class IdempotencyStore
{
    /// <summary>A key that a request wants for its order, with the answer that is kept under it.</summary>
    internal sealed record Claim(Guid OrderId, Guid AccountId, string Key, StoredAnswer Answer);

    /// <summary>
    /// Writes the answers under those keys that are free, and says of each order whether its key was nobody else's at this
    /// moment, and whether the answer was written. Everything else of the order hangs on the latter.
    /// </summary>
    public static async Task<Dictionary<Guid, (bool Free, bool Stored)>> ClaimAsync(
        NpgsqlTransaction transaction,
        IReadOnlyCollection<Claim> claims,
        DateTimeOffset now
    )
    {
        // The lock tells "being written right now" from "written": waiting on the key's index would hide the difference.
        // It goes with the transaction, so a crash leaves no key behind that is in flight for ever. A key older than 24 h is
        // taken over.
        var rows = await transaction.Connection!.QueryAsync<(Guid OrderId, bool Free, bool Stored)>(
            """
            with wanted as materialized (
              select * from unnest(@orders, @accounts, @keys, @hashes, @statuses, @bodies, @locations)
                as w (id, account_id, key, request_hash, status, body, location)
            ), locked as materialized (
              select id, pg_try_advisory_xact_lock(hashtextextended(account_id::text || key, 0)) as free from wanted
            ), stored as (
              insert into idempotency_keys as k (account_id, key, request_hash, status, body, location, created_at)
              select account_id, key, request_hash, status, body, location, @now from wanted join locked using (id) where free
              on conflict (account_id, key) do update
              set request_hash = excluded.request_hash, status = excluded.status, body = excluded.body,
                location = excluded.location, created_at = excluded.created_at
              where k.created_at < excluded.created_at - interval '24 hours'
              returning account_id, key
            )
            select locked.id, locked.free, stored.key is not null
            from locked join wanted using (id) left join stored using (account_id, key)
            """,
            new
            {
                orders = claims.Select(c => c.OrderId).ToArray(),
                accounts = claims.Select(c => c.AccountId).ToArray(),
                keys = claims.Select(c => c.Key).ToArray(),
                hashes = claims.Select(c => c.Answer.RequestHash).ToArray(),
                statuses = claims.Select(c => c.Answer.Status).ToArray(),
                bodies = claims.Select(c => c.Answer.Body).ToArray(),
                locations = claims.Select(c => c.Answer.Location).ToArray(),
                now,
            },
            transaction
        );
        return rows.ToDictionary(row => row.OrderId, row => (row.Free, row.Stored));
    }
}
