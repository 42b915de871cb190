using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.ServiceDefaults.Authentication;

/// <summary>
/// The library's handler, which remembers good tokens: the same one comes with every request of a visit, and its signature
/// costs more than the rest of a small request. By SHA-256 of the whole token, so one that differs in a bit is another one; for
/// a minute at most, so a key that the issuer has withdrawn stops working as soon as that.
/// </summary>
internal sealed class TokenMemory : JsonWebTokenHandler, IDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _good = new(new MemoryCacheOptions { SizeLimit = 10_000 });

    public override async Task<TokenValidationResult> ValidateTokenAsync(
        string token,
        TokenValidationParameters validationParameters
    )
    {
        var hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        if (_good.TryGetValue(hash, out TokenValidationResult? known))
        {
            return Copy(known!);
        }

        var result = await base.ValidateTokenAsync(token, validationParameters);
        if (result.IsValid)
        {
            var left = result.SecurityToken.ValidTo + validationParameters.ClockSkew - DateTime.UtcNow;
            if (left > TimeSpan.Zero)
            {
                _good.Set(
                    hash,
                    Copy(result),
                    new MemoryCacheEntryOptions
                    {
                        Size = 1,
                        AbsoluteExpirationRelativeToNow = left < Longest ? left : Longest,
                    }
                );
            }
        }

        return result;
    }

    public void Dispose() => _good.Dispose();

    /// <summary>Requests must not see what others add to their identity.</summary>
    private static TokenValidationResult Copy(TokenValidationResult good) =>
        new()
        {
            IsValid = true,
            SecurityToken = good.SecurityToken,
            ClaimsIdentity = good.ClaimsIdentity.Clone(),
        };
}
