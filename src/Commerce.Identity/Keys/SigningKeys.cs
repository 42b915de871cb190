using System.Buffers.Text;
using System.Security.Cryptography;
using Commerce.ServiceDefaults.Authentication;
using Dapper;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using Npgsql;

namespace Commerce.Identity.Keys;

/// <summary>A key pair of the database, opened. <paramref name="Age"/> by database time.</summary>
internal sealed record SigningKey(string Id, byte[] X, byte[] Y, SigningCredentials Credentials, TimeSpan Age);

/// <summary>
/// The P-256 keys that tokens are signed with: made once, kept in the database, shared by all replicas. Read again every
/// 30 s, so a rotation by one replica reaches the others long before the new key signs.
/// </summary>
internal sealed class SigningKeys(
    NpgsqlDataSource database,
    KeyCipher cipher,
    SigningKeyOptions options,
    AccessTokenOptions tokens,
    TimeProvider time,
    ILogger<SigningKeys> logger
) : TokenKeys, IDisposable
{
    // Any number that nobody else locks in this database.
    private const long LockKey = 0x5369676e4b657973;
    private static readonly TimeSpan ReadAgain = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ReadAgainForUnknown = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private volatile Loaded? _loaded;

    /// <summary>The key to sign with: the newest that has been published long enough to be known everywhere.</summary>
    public async ValueTask<SigningKey> CurrentAsync(CancellationToken cancellationToken)
    {
        var keys = await AllAsync(cancellationToken);
        return keys.FirstOrDefault(k => k.Age >= options.PublishBefore) ?? keys[^1];
    }

    /// <summary>Every key that may have signed a token that is still valid, the newest first.</summary>
    public async ValueTask<IReadOnlyList<SigningKey>> AllAsync(CancellationToken cancellationToken) =>
        (await LoadAsync(ReadAgain, cancellationToken)).Keys;

    public override Task<OpenIdConnectConfiguration> GetConfigurationAsync(CancellationToken cancel) =>
        PublicAsync(ReadAgain, cancel);

    public override Task<OpenIdConnectConfiguration> RefreshAsync(CancellationToken cancellationToken) =>
        PublicAsync(ReadAgainForUnknown, cancellationToken);

    /// <summary>Adds a key when the newest is due, and removes those that no valid token can carry any more.</summary>
    public async Task RotateAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await AddIfDueAsync(connection, transaction);
        // A key's successor signs after PublishBefore; tokens of the key live on for their lifetime, plus clocks' skew.
        await connection.ExecuteAsync(
            """
            delete from signing_key k
            where exists (
              select 1 from signing_key s where s.created_at > k.created_at and s.created_at < clock_timestamp() - @Overlap
            )
            """,
            new { Overlap = options.PublishBefore + tokens.Access + TimeSpan.FromMinutes(5) },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
        _loaded = null;
    }

    public void Dispose() => _reading.Dispose();

    private async Task<OpenIdConnectConfiguration> PublicAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        try
        {
            return (await LoadAsync(maxAge, cancellationToken)).Public;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            throw new KeysUnavailableException("The signing keys could not be read", e);
        }
    }

    private async ValueTask<Loaded> LoadAsync(TimeSpan maxAge, CancellationToken cancellationToken)
    {
        if (_loaded is { } known && time.GetElapsedTime(known.At) < maxAge)
        {
            return known;
        }

        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (_loaded is { } fresh && time.GetElapsedTime(fresh.At) < maxAge)
            {
                return fresh;
            }

            var keys = await ReadAsync(cancellationToken);
            return _loaded = new Loaded(keys, Set(keys.Select(k => Key(k.Id, k.X, k.Y))), time.GetTimestamp());
        }
        finally
        {
            _reading.Release();
        }
    }

    private async Task<IReadOnlyList<SigningKey>> ReadAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var rows = await SelectAsync(connection);
        if (rows.Count == 0)
        {
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await AddIfDueAsync(connection, transaction);
            await transaction.CommitAsync(cancellationToken);
            rows = await SelectAsync(connection);
        }

        return
        [
            .. rows.Select(r => new SigningKey(
                r.Id,
                r.X,
                r.Y,
                Credentials(r.Id, r.Sealed ? cipher.Open(r.Id, r.PrivateKey) : r.PrivateKey),
                r.Age
            )),
        ];
    }

    private static SigningCredentials Credentials(string id, byte[] pkcs8)
    {
        var ecdsa = ECDsa.Create();
        ecdsa.ImportPkcs8PrivateKey(pkcs8, out _);
        return new SigningCredentials(new ECDsaSecurityKey(ecdsa) { KeyId = id }, SecurityAlgorithms.EcdsaSha256);
    }

    private static async Task<List<Row>> SelectAsync(NpgsqlConnection connection) =>
        (
            await connection.QueryAsync<Row>(
                """
                select id, x, y, private_key, sealed, clock_timestamp() - created_at as age
                from signing_key order by created_at desc, id
                """
            )
        ).AsList();

    private async Task AddIfDueAsync(NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        await connection.ExecuteAsync("select pg_advisory_xact_lock(@LockKey)", new { LockKey }, transaction);
        var due = await connection.QuerySingleAsync<bool>(
            "select not exists (select 1 from signing_key where created_at > clock_timestamp() - @RotateAfter)",
            new { options.RotateAfter },
            transaction
        );
        if (!due)
        {
            return;
        }

        using var ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var q = ecdsa.ExportParameters(includePrivateParameters: false).Q;
        var id = Base64Url.EncodeToString(SHA256.HashData([.. q.X!, .. q.Y!]).AsSpan(0, 12));
        await connection.ExecuteAsync(
            "insert into signing_key (id, x, y, private_key, sealed) values (@id, @X, @Y, @PrivateKey, @Seals)",
            new
            {
                id,
                q.X,
                q.Y,
                PrivateKey = cipher.Seal(id, ecdsa.ExportPkcs8PrivateKey()),
                cipher.Seals,
            },
            transaction
        );
        logger.LogInformation("Made the signing key {KeyId}", id);
    }

    private sealed record Loaded(IReadOnlyList<SigningKey> Keys, OpenIdConnectConfiguration Public, long At);

    private sealed record Row(string Id, byte[] X, byte[] Y, byte[] PrivateKey, bool Sealed, TimeSpan Age);
}
