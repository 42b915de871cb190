using System.Text.Json;
using System.Text.Json.Serialization;

namespace Commerce.PaymentProvider.Protocol;

/// <summary>The body of every refusal, as Toss Payments sends it (not problem details: this is another company's API).</summary>
/// <param name="Code">Such as <c>REJECT_CARD_PAYMENT</c>.</param>
internal sealed record ProviderError(string Code, string Message)
{
    public IResult As(int statusCode) => Results.Json(this, ErrorJson.Default.ProviderError, statusCode: statusCode);

    public static IResult InvalidRequest(string message) => new ProviderError("INVALID_REQUEST", message).As(400);

    public static IResult NotFound() =>
        new ProviderError("NOT_FOUND_PAYMENT", "존재하지 않는 결제 정보 입니다.").As(404);
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(ProviderError))]
internal sealed partial class ErrorJson : JsonSerializerContext;
