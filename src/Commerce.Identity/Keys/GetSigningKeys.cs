using System.Buffers.Text;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Commerce.Identity.Keys;

/// <summary>GET /.well-known/jwks.json (RFC 7517): the public halves.</summary>
internal static class GetSigningKeys
{
    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints.MapGet("/.well-known/jwks.json", HandleAsync).WithTags("Tokens").AllowAnonymous();

    private static async Task<Ok<JsonWebKeySet>> HandleAsync(
        SigningKeys keys,
        HttpResponse response,
        CancellationToken cancellationToken
    )
    {
        var all = await keys.AllAsync(cancellationToken);
        response.Headers.CacheControl = "public, max-age=60";
        return TypedResults.Ok(
            new JsonWebKeySet([
                .. all.Select(k => new JsonWebKey(
                    "EC",
                    "P-256",
                    "sig",
                    "ES256",
                    k.Id,
                    Base64Url.EncodeToString(k.X),
                    Base64Url.EncodeToString(k.Y)
                )),
            ])
        );
    }

    internal sealed record JsonWebKeySet(IReadOnlyList<JsonWebKey> Keys);

    internal sealed record JsonWebKey(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);
}
