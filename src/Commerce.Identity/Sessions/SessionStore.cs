using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using Commerce.Contracts.Api;
using Dapper;
using Npgsql;

namespace Commerce.Identity.Sessions;

/// <summary>
/// Sessions behind refresh tokens. A token is 16 bytes of session id and 32 random ones, in base64url; the database has only
/// the SHA-256 of the newest. A refresh swaps it in one UPDATE, so of two at once one wins. Whoever comes with an older one
/// either stole it or was stolen from: the session ends for both.
/// </summary>
internal sealed class SessionStore(NpgsqlDataSource database, AccessTokens accessTokens, SessionLifetimeOptions options)
{
    private const int IdBytes = 16;
    private const int SecretBytes = 32;

    public async Task<Tokens> OpenAsync(TokenAccount account, CancellationToken cancellationToken)
    {
        var (id, token, hash) = NewToken(Guid.CreateVersion7());
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            """
            insert into session (id, account_id, token_hash, expires_at)
            values (@id, @AccountId, @hash, now() + @Refresh)
            """,
            new
            {
                id,
                AccountId = account.Id,
                hash,
                options.Refresh,
            }
        );
        return await AnswerAsync(account, token, cancellationToken);
    }

    /// <summary>New tokens for a refresh token; null when it is unknown, expired, revoked or used before, or its account is locked.</summary>
    public async Task<Tokens?> RefreshAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (Parse(refreshToken) is not var (id, oldHash))
        {
            return null;
        }

        var (_, token, hash) = NewToken(id);
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var account = await connection.QuerySingleOrDefaultAsync<TokenAccount>(
            """
            update session s
            set token_hash = @hash, expires_at = least(now() + @Refresh, s.created_at + @Session)
            from account a
            where s.id = @id and s.token_hash = @oldHash and s.revoked_at is null and s.expires_at > now()
              and a.id = s.account_id and a.locked_at is null
            returning a.id, a.name, a.role, a.approved
            """,
            new
            {
                id,
                oldHash,
                hash,
                options.Refresh,
                options.Session,
            }
        );
        if (account is null)
        {
            await connection.ExecuteAsync(
                "update session set revoked_at = now() where id = @id and token_hash <> @oldHash and revoked_at is null",
                new { id, oldHash }
            );
            return null;
        }

        return await AnswerAsync(account, token, cancellationToken);
    }

    /// <summary>Ends the session of the token, also by an older one; unknown tokens are passed over.</summary>
    public async Task CloseAsync(string refreshToken, CancellationToken cancellationToken)
    {
        if (Parse(refreshToken) is not var (id, _))
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync(
            "update session set revoked_at = now() where id = @id and revoked_at is null",
            new { id }
        );
    }

    private async Task<Tokens> AnswerAsync(
        TokenAccount account,
        string refreshToken,
        CancellationToken cancellationToken
    ) => new(await accessTokens.IssueAsync(account, cancellationToken), refreshToken, accessTokens.ExpiresIn);

    private static (Guid Id, string Token, byte[] Hash) NewToken(Guid id)
    {
        var bytes = new byte[IdBytes + SecretBytes];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        RandomNumberGenerator.Fill(bytes.AsSpan(IdBytes));
        return (id, Base64Url.EncodeToString(bytes), SHA256.HashData(bytes));
    }

    private static (Guid Id, byte[] Hash)? Parse(string token)
    {
        Span<byte> bytes = stackalloc byte[IdBytes + SecretBytes];
        return
            token.Length == Base64Url.GetEncodedLength(IdBytes + SecretBytes)
            && Base64Url.DecodeFromChars(token, bytes, out _, out var written) == OperationStatus.Done
            && written == bytes.Length
            ? (new Guid(bytes[..IdBytes], bigEndian: true), SHA256.HashData(bytes))
            : null;
    }
}
