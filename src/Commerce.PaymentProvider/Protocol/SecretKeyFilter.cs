using System.Security.Cryptography;
using System.Text;

namespace Commerce.PaymentProvider.Protocol;

/// <summary>Basic authentication with the secret key as the user and no password; anything else is 401.</summary>
internal sealed class SecretKeyFilter : IEndpointFilter
{
    private readonly byte[] _expected;

    public SecretKeyFilter(IConfiguration configuration)
    {
        var key = configuration["PaymentProvider:SecretKey"];
        if (string.IsNullOrEmpty(key))
        {
            throw new InvalidOperationException("PaymentProvider:SecretKey is not configured.");
        }

        _expected = Encoding.UTF8.GetBytes("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(key + ":")));
    }

    public ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        var given = Encoding.UTF8.GetBytes(context.HttpContext.Request.Headers.Authorization.ToString());
        return CryptographicOperations.FixedTimeEquals(given, _expected)
            ? next(context)
            : ValueTask.FromResult<object?>(
                new ProviderError("UNAUTHORIZED_KEY", "인증되지 않은 시크릿 키 혹은 클라이언트 키 입니다.").As(401)
            );
    }
}
