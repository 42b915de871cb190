using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Npgsql;

namespace Commerce.Testing;

/// <summary>One process of the platform, as its engine sees it.</summary>
internal sealed record Resource(string Name, string Kind, string State, string? Health, int? Pid, int Restarts)
{
    public bool IsHealthy => string.Equals(Health, "healthy", StringComparison.OrdinalIgnoreCase);
}

/// <summary>A platform that runs on the native engine: where it answers, and how to hurt it.</summary>
internal sealed class PlatformUnderTest : IDisposable
{
    private readonly HttpClient _control;
    private readonly string _providerKey;
    private readonly string _redisPassword;

    private PlatformUnderTest(JsonElement state, string secrets)
    {
        Urls = state.GetProperty("urls").EnumerateObject().ToDictionary(url => url.Name, url => url.Value.GetString()!);
        _control = new HttpClient { BaseAddress = new Uri(state.GetProperty("controlUrl").GetString()!) };
        _control.DefaultRequestHeaders.Add("X-Commerce-Token", state.GetProperty("token").GetString());
        _providerKey = File.ReadAllText(Path.Combine(secrets, "payment-provider-key")).Trim();
        _redisPassword = File.ReadAllText(Path.Combine(secrets, "redis-password")).Trim();
    }

    public IReadOnlyDictionary<string, string> Urls { get; }

    /// <exception cref="FileNotFoundException">No platform runs there.</exception>
    public static PlatformUnderTest Attach(string home) =>
        new(
            JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(Path.Combine(home, "run", "state.json"))),
            Path.Combine(home, "secrets")
        );

    public async Task<IReadOnlyList<Resource>> ResourcesAsync() =>
        (await _control.GetFromJsonAsync<List<Resource>>(new Uri("resources", UriKind.Relative)))!;

    /// <summary>The processes of a resource: one, or its replicas.</summary>
    public async Task<IReadOnlyList<Resource>> ProcessesAsync(string name) =>
        [
            .. (await ResourcesAsync()).Where(resource =>
                resource.Name == name
                || resource.Name.StartsWith(name + "-", StringComparison.Ordinal)
                    && int.TryParse(resource.Name.AsSpan(name.Length + 1), CultureInfo.InvariantCulture, out _)
            ),
        ];

    public Task KillAsync(string name) => ActAsync(HttpMethod.Post, $"resources/{name}/kill");

    public Task StopAsync(string name) => ActAsync(HttpMethod.Post, $"resources/{name}/stop");

    public Task StartAsync(string name) => ActAsync(HttpMethod.Post, $"resources/{name}/start");

    /// <summary>Holds from the next start of the project on; an empty one takes it back.</summary>
    public Task SetEnvironmentAsync(string project, Dictionary<string, string> environment) =>
        ActAsync(HttpMethod.Put, $"resources/{project}/environment", environment);

    /// <summary>Signals every process of a resource (<c>STOP</c>, <c>CONT</c>, <c>INT</c>, <c>QUIT</c>).</summary>
    public async Task SignalAsync(string name, string signal)
    {
        foreach (var resource in await ProcessesAsync(name))
        {
            if (resource.Pid is { } pid)
            {
                using var kill = Process.Start("kill", ["-" + signal, pid.ToString(CultureInfo.InvariantCulture)]);
                await kill.WaitForExitAsync();
            }
        }
    }

    /// <summary>Waits until every process is healthy again.</summary>
    /// <exception cref="TimeoutException">One is not, in time.</exception>
    public async Task WaitUntilHealthyAsync(TimeSpan limit)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            var ill = (await ResourcesAsync()).Where(resource => !resource.IsHealthy).Select(r => r.Name).ToList();
            if (ill.Count == 0)
            {
                return;
            }

            if (waited.Elapsed > limit)
            {
                throw new TimeoutException($"Not healthy within {limit.TotalSeconds:0} s: {string.Join(", ", ill)}");
            }

            await Task.Delay(50);
        }
    }

    public async Task<NpgsqlConnection> OpenAsync(string database)
    {
        var connection = new NpgsqlConnection($"{Urls["postgres"]};Database={database};Pooling=false");
        await connection.OpenAsync();
        return connection;
    }

    /// <summary>Removes everything from Redis, its files included.</summary>
    public async Task EmptyRedisAsync()
    {
        var address = Urls["redis"].Split(':');
        using var client = new TcpClient(address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"AUTH {_redisPassword}\r\nFLUSHALL\r\n"));
        foreach (var command in new[] { "AUTH", "FLUSHALL" })
        {
            if (await reader.ReadLineAsync() is not "+OK")
            {
                throw new InvalidOperationException($"Redis refused {command}.");
            }
        }
    }

    /// <summary>What the payment provider's own books say about an order: how often it was charged, how often refunded.</summary>
    public async Task<(int Charges, int Refunds, long BalanceKrw)> LedgerAsync(Guid orderId)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(new Uri(Urls["payment-provider"]), $"v1/ledger?orderId={orderId}")
        );
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Basic",
            Convert.ToBase64String(Encoding.UTF8.GetBytes(_providerKey + ":"))
        );
        using var response = await _control.SendAsync(request);
        response.EnsureSuccessStatusCode();
        var ledger = await response.Content.ReadFromJsonAsync<JsonElement>();
        return (
            ledger.GetProperty("charges").GetArrayLength(),
            ledger.GetProperty("refunds").GetArrayLength(),
            ledger.GetProperty("balanceKrw").GetInt64()
        );
    }

    public void Dispose() => _control.Dispose();

    private async Task ActAsync(HttpMethod method, string path, object? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative));
        request.Content = body is null ? null : JsonContent.Create(body);
        using var response = await _control.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }
}
