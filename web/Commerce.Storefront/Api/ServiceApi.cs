using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Storefront.Api;

/// <summary>
/// A service over HTTP on behalf of the visitor: bearer token or guest cart id, problem details as <see cref="ApiException"/>.
/// The headers are set per request, because message handlers of HttpClientFactory live in another scope than the circuit.
/// </summary>
public abstract class ServiceApi(HttpClient http, ICaller caller)
{
    private const string CartHeader = "X-Cart-Id";

    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        TypeInfoResolver = JsonTypeInfoResolver.Combine(ContractsJson.Default, new DefaultJsonTypeInfoResolver()),
    };

    /// <summary>A page that is drawn waits no longer for one of its parts; it says that the part is missing instead.</summary>
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(4);

    /// <summary>GET /messaging (admin).</summary>
    public Task<MessagingStatus> MessagingAsync(CancellationToken cancellationToken = default) =>
        GetAsync<MessagingStatus>("messaging", cancellationToken);

    /// <summary>GET /dead-letters (admin), newest first. State: <c>open redriven discarded</c>; empty filters let all through.</summary>
    public Task<Paged<DeadLetter>> DeadLettersAsync(
        string? state,
        string? type,
        int page,
        CancellationToken cancellationToken = default
    ) =>
        GetAsync<Paged<DeadLetter>>(
            Address.Of("dead-letters", ("state", state), ("type", type), ("page", page)),
            cancellationToken
        );

    /// <summary>POST /dead-letters/redrive (admin), 1–100 at once.</summary>
    public Task<LetterOutcomes> RedriveAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken = default) =>
        SendAsync<LetterOutcomes>(HttpMethod.Post, "dead-letters/redrive", new RedriveLetters(ids), cancellationToken);

    /// <summary>POST /dead-letters/discard (admin), 1–100 at once.</summary>
    public Task<LetterOutcomes> DiscardAsync(
        IReadOnlyList<Guid> ids,
        string note,
        CancellationToken cancellationToken = default
    ) =>
        SendAsync<LetterOutcomes>(
            HttpMethod.Post,
            "dead-letters/discard",
            new DiscardLetters(ids, note),
            cancellationToken
        );

    /// <summary>GET /audit (admin), newest first; of one order, account or dead letter when <paramref name="subject"/> is given.</summary>
    public Task<Paged<AuditEntry>> AuditAsync(Guid? subject, int page, CancellationToken cancellationToken = default) =>
        GetAsync<Paged<AuditEntry>>(Address.Of("audit", ("subject", subject), ("page", page)), cancellationToken);

    protected async Task<T> GetAsync<T>(string path, CancellationToken cancellationToken, string? bearer = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timeout.CancelAfter(ReadTimeout);
        try
        {
            return await ReadAsync<T>(request, bearer, timeout.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            caller.IsDegraded = true;
            throw new ApiException(ApiErrorKind.Unavailable, inner: e);
        }
        catch (ApiException)
        {
            caller.IsDegraded = true;
            throw;
        }
    }

    protected async Task<T> SendAsync<T>(
        HttpMethod method,
        string path,
        object? body,
        CancellationToken cancellationToken,
        string? bearer = null,
        string? idempotencyKey = null
    )
    {
        using var request = Request(method, path, body);
        if (idempotencyKey is not null)
        {
            request.Headers.Add("Idempotency-Key", idempotencyKey);
        }

        return await ReadAsync<T>(request, bearer, cancellationToken);
    }

    protected async Task SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = Request(method, path, body);
        using var response = await ExchangeAsync(request, null, cancellationToken);
    }

    // Bytes go as they are: a file that a person chose.
    private static HttpRequestMessage Request(HttpMethod method, string path, object? body) =>
        new(method, path)
        {
            Content = body switch
            {
                null => null,
                byte[] file => new ByteArrayContent(file) { Headers = { ContentType = new("text/csv") } },
                _ => JsonContent.Create(body, body.GetType(), options: Json),
            },
        };

    private async Task<T> ReadAsync<T>(HttpRequestMessage request, string? bearer, CancellationToken cancellationToken)
    {
        using var response = await ExchangeAsync(request, bearer, cancellationToken);
        try
        {
            return await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken)
                ?? throw new ApiException(ApiErrorKind.Unavailable);
        }
        catch (Exception e) when (e is JsonException or HttpRequestException or IOException)
        {
            throw new ApiException(ApiErrorKind.Unavailable, inner: e);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(
        HttpRequestMessage request,
        string? bearer,
        CancellationToken cancellationToken
    )
    {
        await IdentifyAsync(request, bearer, cancellationToken);
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(request, cancellationToken);
        }
        catch (Exception e)
            when (e is HttpRequestException
                || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw new ApiException(ApiErrorKind.Unavailable, inner: e);
        }

        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw new ApiException(
                ApiException.Classify(response.StatusCode),
                await ProblemAsync(response, cancellationToken)
            )
            {
                RetryAfter = response.Headers.RetryAfter?.Delta,
            };
        }
    }

    private async Task IdentifyAsync(HttpRequestMessage request, string? bearer, CancellationToken cancellationToken)
    {
        bearer ??= await caller.AccessTokenAsync(cancellationToken);
        if (bearer is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        }
        else if (await caller.CartIdAsync() is { } cart)
        {
            request.Headers.Add(CartHeader, cart);
        }

        request.Headers.AcceptLanguage.ParseAdd(CultureInfo.CurrentUICulture.Name);
    }

    private static async Task<ApiProblem?> ProblemAsync(
        HttpResponseMessage response,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await response.Content.ReadFromJsonAsync<ApiProblem>(Json, cancellationToken);
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or HttpRequestException or IOException)
        {
            return null;
        }
    }
}
