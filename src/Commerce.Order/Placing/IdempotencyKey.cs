using System.Security.Cryptography;
using System.Text.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Microsoft.Extensions.Primitives;

namespace Commerce.Order.Placing;

/// <summary>The header by which a client may send an order again without ordering twice. Kept 24 h, per account.</summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    public const string Rule = "must be given once, 1 to 200 visible ASCII characters";
    private const int MostCharacters = 200;

    public static bool IsValid(StringValues header) =>
        header is [{ Length: >= 1 and <= MostCharacters } key] && key.All(c => c is > ' ' and <= '~');

    /// <summary>The same for two bodies that mean the same, however they are spaced or ordered.</summary>
    public static byte[] Hash(PlaceOrderRequest request) =>
        SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(request, ContractsJson.Default.PlaceOrderRequest));
}
