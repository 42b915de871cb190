using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using Commerce.ServiceDefaults.Authentication;
using Microsoft.IdentityModel.Tokens;

namespace Commerce.ServiceDefaults.Tests.Authentication;

/// <summary>The published examples: RFC 7515 A.3 (ES256), A.1 (HS256), A.5 (none); RFC 7519 3.1 has A.1's claims.</summary>
public sealed class JwsVectorTests
{
    // RFC 7515, A.3.1: the JWK, and the compact serialization of A.3.1 to A.3.2.
    private const string X = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    private const string Y = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";
    private const string SigningInput =
        "eyJhbGciOiJFUzI1NiJ9"
        + "."
        + "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    private const string Signature =
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";

    private static SecurityKey Key() =>
        TokenKeys.Read(Jwks($$"""{"kty":"EC","crv":"P-256","kid":"a3","x":"{{X}}","y":"{{Y}}"}""")).Single();

    [Fact]
    public void The_es256_example_of_rfc_7515_verifies() => Verify(SigningInput, Signature).ShouldBeTrue();

    [Fact]
    public void Any_flipped_bit_of_the_signature_is_refused()
    {
        var signature = TokenForm.Decode(Signature)!;
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            var changed = (byte[])signature.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Verify(SigningInput, changed).ShouldBeFalse($"bit {bit}");
        }
    }

    [Fact]
    public void Another_payload_under_the_same_signature_is_refused() =>
        Verify(SigningInput.Replace("eyJpc3Mi", "eyJpc3Nj", StringComparison.Ordinal), Signature).ShouldBeFalse();

    [Fact]
    public void A_signature_of_zeros_is_refused() => Verify(SigningInput, new byte[64]).ShouldBeFalse();

    [Fact]
    public void A_signature_in_der_is_refused()
    {
        var der = new byte[] { 0x30, 0x44, 0x02, 0x20 }
            .Concat(new byte[66])
            .ToArray();
        Verify(SigningInput, der).ShouldBeFalse();
    }

    [Theory]
    [InlineData("""{"kty":"RSA","kid":"k","n":"AQAB","e":"AQAB"}""")]
    [InlineData("""{"kty":"oct","kid":"k","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75"}""")]
    [InlineData("""{"kty":"EC","crv":"P-384","kid":"k","x":"AA","y":"AA"}""")]
    [InlineData("""{"kty":"EC","crv":"P-256","kid":"k","x":"AA","y":"AA"}""")]
    [InlineData(
        """{"kty":"EC","crv":"P-256","kid":"k","use":"enc","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"""
    )]
    [InlineData(
        """{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"""
    )]
    [InlineData(
        """{"kty":"EC","crv":"P-256","kid":"off","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","y":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"}"""
    )]
    [InlineData("17")]
    public void A_key_that_cannot_check_es256_is_passed_over(string jwk) => TokenKeys.Read(Jwks(jwk)).ShouldBeEmpty();

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    public void What_is_no_key_set_is_refused(string json) =>
        Should.Throw<JsonException>(() => TokenKeys.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("AQ==")] // padding
    [InlineData("A")] // no byte
    [InlineData("AR")] // stray bits: AQ is the only spelling of 0x01
    [InlineData("A+8")]
    [InlineData("A/8")]
    [InlineData("A Q")]
    [InlineData("AQ\n")]
    [InlineData("")]
    public void Base64url_has_one_spelling(string text) => TokenForm.Decode(text).ShouldBeNull();

    [Fact]
    public void Base64url_of_any_bytes_decodes_to_them()
    {
        var random = new Random(7515);
        for (var length = 1; length < 200; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            TokenForm.Decode(Base64Url.EncodeToString(bytes)).ShouldBe(bytes);
        }
    }

    private static bool Verify(string input, string signature) => Verify(input, TokenForm.Decode(signature)!);

    private static bool Verify(string input, byte[] signature)
    {
        using var es256 = new CryptoProviderFactory { CacheSignatureProviders = false }.CreateForVerifying(
            Key(),
            SecurityAlgorithms.EcdsaSha256
        );
        return es256.Verify(Encoding.ASCII.GetBytes(input), signature);
    }

    private static byte[] Jwks(string key) => Encoding.UTF8.GetBytes($$"""{"keys":[{{key}}]}""");
}
