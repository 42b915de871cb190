using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Npgsql;

namespace Commerce.Identity.Sessions;

/// <summary>
/// Counts wrong passwords per e-mail and caller's address, whether there is such an account or not, in the database for all
/// replicas. By both, so that nobody can lock a stranger out from elsewhere.
/// </summary>
internal sealed class LoginThrottle(NpgsqlDataSource database, SignInOptions limits)
{
    public static byte[] KeyOf(string email, IPAddress? address) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"{email}|{address}"));

    /// <summary>How long to wait before the next try; null when it may be now.</summary>
    public async Task<TimeSpan?> WaitAsync(byte[] key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleOrDefaultAsync<TimeSpan?>(
            """
            select first_at + @Window - clock_timestamp() from sign_in_failure
            where key = @key and failures >= @Failures and first_at > clock_timestamp() - @Window
            """,
            new
            {
                key,
                limits.Window,
                limits.Failures,
            }
        );
    }

    public async Task FailedAsync(byte[] key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            """
            insert into sign_in_failure as f (key, failures, first_at) values (@key, 1, clock_timestamp())
            on conflict (key) do update set
              failures = case when f.first_at > clock_timestamp() - @Window then f.failures + 1 else 1 end,
              first_at = case when f.first_at > clock_timestamp() - @Window then f.first_at else clock_timestamp() end
            """,
            new { key, limits.Window }
        );
    }

    public async Task SucceededAsync(byte[] key, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync("delete from sign_in_failure where key = @key", new { key });
    }
}
