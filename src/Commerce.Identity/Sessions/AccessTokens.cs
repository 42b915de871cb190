using Commerce.Identity.Keys;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.Identity.Sessions;

/// <summary>Whom a token is for.</summary>
internal sealed record TokenAccount(Guid Id, string Name, string Role, bool Approved);

/// <summary>Writes access tokens: compact JWS by ES256 (RFC 7515, RFC 7518 3.4).</summary>
internal sealed class AccessTokens(SigningKeys keys, AccessTokenOptions options, TimeProvider time)
{
    private static readonly JsonWebTokenHandler Handler = new();

    /// <summary>In seconds.</summary>
    public int ExpiresIn => (int)options.Access.TotalSeconds;

    public async Task<string> IssueAsync(TokenAccount account, CancellationToken cancellationToken)
    {
        var key = await keys.CurrentAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        var claims = new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["sub"] = account.Id.ToString(),
            ["role"] = account.Role,
            ["name"] = account.Name,
        };
        if (account.Role == "farmer")
        {
            claims["approved"] = account.Approved;
        }

        return Handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = "commerce",
                Audience = "commerce",
                IssuedAt = now,
                NotBefore = now,
                Expires = now.AddSeconds(ExpiresIn),
                Claims = claims,
                SigningCredentials = key.Credentials,
            }
        );
    }
}
