using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Chaos;

/// <summary>How one order goes; the names of the provider's scenarios are those of the payment token.</summary>
internal enum Behaviour
{
    Buy,
    Decline,
    Timeout,
    Slow,
    Flaky,
    SubmitTwice,
    Cancel,
}

/// <summary>An order that is to be placed.</summary>
internal sealed record Wish(int Number, int Buyer, Behaviour Behaviour, IReadOnlyList<PlaceOrderItem> Items)
{
    public string Key { get; } = Guid.NewGuid().ToString();
}

/// <summary>What the shop said to it in the end.</summary>
/// <param name="OrderIds">All ids that were answered under its key; more than one is a fault of the shop.</param>
/// <param name="Refusal">Why there is no order; null when there is one.</param>
/// <param name="Tries">How many requests it took.</param>
internal sealed record Outcome(Wish Wish, IReadOnlyList<Guid> OrderIds, string? Refusal, int Tries);

/// <summary>Buyers who do not give up: whatever fails is asked again under the same Idempotency-Key.</summary>
internal sealed class Shopping(IReadOnlyDictionary<string, string> urls) : IDisposable
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly ShippingAddress Address = new(
        "김하늘",
        "010-2345-6789",
        "37409",
        "경북 청송군 주왕산면 1",
        null
    );

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = 64 })
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    private readonly List<(string Email, string Token)> _buyers = [];

    public int Buyers => _buyers.Count;

    public async Task RegisterAsync(int buyers)
    {
        for (var i = 0; i < buyers; i++)
        {
            var email = $"chaos-{Guid.NewGuid():N}@example.com";
            await AskAsync<AccountCreated>(
                null,
                HttpMethod.Post,
                "identity",
                "accounts",
                new RegisterAccount(email, DemoAccounts.Password, "박초롱", "shopper")
            );
            _buyers.Add((email, await SignInAsync(email)));
        }
    }

    /// <summary>New fruits of the demo farmer that Order knows.</summary>
    public async Task<IReadOnlyList<Guid>> StockAsync(int fruits, int boxes)
    {
        var farmer = await SignInAsync(DemoAccounts.FarmerEmail);
        var listed = new List<Guid>();
        for (var i = 0; i < fruits; i++)
        {
            var created = await AskAsync<FruitCreated>(farmer, HttpMethod.Post, "catalog", "fruits", Draft(i));
            var lot = new NewLot(DateOnly.FromDateTime(DateTime.UtcNow.AddDays(-1)), 14.5m, boxes);
            await AskAsync<StockLevel>(farmer, HttpMethod.Post, "catalog", $"fruits/{created.Id}/lots", lot);
            listed.Add(created.Id);
        }

        foreach (var fruit in listed)
        {
            // Order has heard of a fruit when it can be put into a cart.
            await UntilAsync(
                async () =>
                {
                    using var answer = await SendAsync(
                        _buyers[0].Token,
                        HttpMethod.Put,
                        "order",
                        $"cart/items/{fruit}",
                        new CartQuantity(1)
                    );
                    return answer.IsSuccessStatusCode;
                },
                "Order knows the fruit"
            );
        }

        return listed;
    }

    public async Task<Outcome> PlaceAsync(Wish wish, Random random)
    {
        var requests = wish.Behaviour == Behaviour.SubmitTwice ? 2 : 1;
        var answers = await Task.WhenAll(Enumerable.Range(0, requests).Select(_ => PlaceOnceAsync(wish)));
        var ids = answers.Select(a => a.Id).OfType<Guid>().Distinct().ToList();
        if (wish.Behaviour == Behaviour.Cancel && ids is [var id])
        {
            await Task.Delay(random.Next(2_000));
            await CancelAsync(wish, id);
        }

        return new Outcome(wish, ids, answers.FirstOrDefault(a => a.Id is null).Refusal, answers.Sum(a => a.Tries));
    }

    public async Task<string> SignInAsync(string email) =>
        (
            await AskAsync<Tokens>(
                null,
                HttpMethod.Post,
                "identity",
                "tokens",
                new SignInRequest(email, DemoAccounts.Password)
            )
        ).AccessToken;

    public async Task<T> AskAsync<T>(string? token, HttpMethod method, string service, string path, object? body = null)
    {
        T? result = default;
        await UntilAsync(
            async () =>
            {
                using var response = await SendAsync(token, method, service, path, body);
                if (response.IsSuccessStatusCode)
                {
                    result = await response.Content.ReadFromJsonAsync<T>();
                    return true;
                }

                return (int)response.StatusCode is < 400 or >= 500 or 429
                    ? false
                    : throw new InvalidOperationException(
                        $"{method} {path}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}"
                    );
            },
            $"{method} {path}"
        );
        return result!;
    }

    public void Dispose() => _http.Dispose();

    private async Task<(Guid? Id, string? Refusal, int Tries)> PlaceOnceAsync(Wish wish)
    {
        var order = new PlaceOrderRequest(wish.Items, Address, Token(wish));
        (Guid? Id, string? Refusal) answer = default;
        var tries = 0;
        await UntilAsync(
            async () =>
            {
                tries++;
                var buyer = _buyers[wish.Buyer];
                using var response = await SendAsync(buyer.Token, HttpMethod.Post, "order", "orders", order, wish.Key);
                switch (response.StatusCode)
                {
                    case HttpStatusCode.Accepted:
                        answer = ((await response.Content.ReadFromJsonAsync<OrderAccepted>())!.OrderId, null);
                        return true;
                    case HttpStatusCode.Unauthorized:
                        _buyers[wish.Buyer] = (buyer.Email, await SignInAsync(buyer.Email));
                        return false;
                    // The same request is still under way, or the shop is busy.
                    case HttpStatusCode.Conflict or HttpStatusCode.TooManyRequests:
                    case >= HttpStatusCode.InternalServerError:
                        return false;
                    default:
                        answer = (null, $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
                        return true;
                }
            },
            $"order {wish.Number} is answered"
        );
        return (answer.Id, answer.Refusal, tries);
    }

    /// <summary>204 when it was cancelled; 409 when it was too late, which is an answer as well.</summary>
    private Task CancelAsync(Wish wish, Guid id) =>
        UntilAsync(
            async () =>
            {
                using var response = await SendAsync(
                    _buyers[wish.Buyer].Token,
                    HttpMethod.Post,
                    "order",
                    $"orders/{id}/cancel"
                );
                return response.IsSuccessStatusCode || response.StatusCode == HttpStatusCode.Conflict;
            },
            $"order {wish.Number}'s cancellation is answered"
        );

    private async Task<HttpResponseMessage> SendAsync(
        string? token,
        HttpMethod method,
        string service,
        string path,
        object? body = null,
        string? key = null
    )
    {
        using var request = new HttpRequestMessage(method, new Uri(new Uri(urls[service]), path));
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        request.Content = body is null ? null : JsonContent.Create(body, body.GetType());
        return await _http.SendAsync(request);
    }

    /// <summary>Asks again after every failure of the transport, which faults cause and people answer by trying again.</summary>
    private static async Task UntilAsync(Func<Task<bool>> done, string what)
    {
        using var limit = new CancellationTokenSource(GiveUpAfter);
        Exception? last = null;
        while (!limit.IsCancellationRequested)
        {
            try
            {
                if (await done())
                {
                    return;
                }
            }
            catch (Exception failure) when (failure is HttpRequestException or TaskCanceledException or IOException)
            {
                last = failure;
            }

            await Task.Delay(Pause);
        }

        throw new TimeoutException($"Given up after {GiveUpAfter.TotalMinutes:0} min: {what}.", last);
    }

    private static string Token(Wish wish)
    {
        var scenario = wish.Behaviour switch
        {
            Behaviour.Decline => "decline",
            Behaviour.Timeout => "timeout",
            Behaviour.Slow => "slow",
            Behaviour.Flaky => "flaky",
            _ => "",
        };
        return "tok_" + (scenario + wish.Key.Replace("-", "", StringComparison.Ordinal))[..24];
    }

    private static FruitDraft Draft(int number) =>
        new($"시험 사과 {number}", "부사", "apple", "특", 14.5m, 5m, 14, 16, 30_000, 1, 12);
}
