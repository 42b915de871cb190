using System.Net;
using System.Text.Json;
using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>Identity's open endpoints: sign in, refresh, register. Needs no visitor, so that the session can refresh with it.</summary>
public sealed class TokenApi(HttpClient http)
{
    public Task<Tokens> SignInAsync(SignInRequest credentials, CancellationToken cancellationToken = default) =>
        PostAsync<SignInRequest, Tokens>("tokens", credentials, cancellationToken);

    public Task<Tokens> RefreshAsync(string refreshToken, CancellationToken cancellationToken = default) =>
        PostAsync<RefreshTokens, Tokens>("tokens/refresh", new RefreshTokens(refreshToken), cancellationToken);

    public Task<AccountCreated> RegisterAsync(RegisterAccount account, CancellationToken cancellationToken = default) =>
        PostAsync<RegisterAccount, AccountCreated>("accounts", account, cancellationToken);

    private async Task<TAnswer> PostAsync<TBody, TAnswer>(string path, TBody body, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.PostAsJsonAsync(path, body, ServiceApi.Json, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync<TAnswer>(ServiceApi.Json, cancellationToken)
                    ?? throw new ApiException(ApiErrorKind.Unavailable);
            }

            var problem =
                response.StatusCode >= HttpStatusCode.InternalServerError
                    ? null
                    : await response.Content.ReadFromJsonAsync<ApiProblem>(ServiceApi.Json, cancellationToken);
            throw new ApiException(ApiException.Classify(response.StatusCode), problem)
            {
                RetryAfter = response.Headers.RetryAfter?.Delta,
            };
        }
        catch (Exception e)
            when (e is HttpRequestException or JsonException or NotSupportedException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new ApiException(ApiErrorKind.Unavailable, inner: e);
        }
    }
}
