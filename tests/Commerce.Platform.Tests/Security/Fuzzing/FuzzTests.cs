using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Commerce.Contracts.Api;
using Xunit.Abstractions;

namespace Commerce.Platform.Tests.Security.Fuzzing;

/// <summary>
/// Requests by the thousand, made from what the services say of themselves and then spoilt. Whatever comes, the answer is the
/// sender's fault or a success. <c>COMMERCE_FUZZ=seed:requests</c> runs others or more of them.
/// </summary>
[Collection(PlatformCollection.Name)]
public sealed class FuzzTests(Cast cast, ITestOutputHelper output) : IClassFixture<Cast>
{
    private const int MostTold = 15;

    private static readonly (int Seed, int Requests) Plan = ReadPlan();

    // Each costs a tenth of a second of hashing, or asks the broker.
    private static readonly string[] Costly =
    [
        "identity POST /accounts",
        "identity POST /tokens",
        "identity POST /me/password",
    ];

    [Fact]
    public async Task No_request_makes_a_service_fail_and_every_refusal_says_why()
    {
        var watch = Stopwatch.StartNew();
        var operations = Weigh(await ApiDocuments.ReadAsync(cast.Platform));
        var people = await FuzzPeople.GatherAsync(cast);
        var letters = await LettersAsync();
        var failures = new ConcurrentQueue<(string Kind, string Told)>();
        var statuses = new ConcurrentDictionary<int, int>();
        using var http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseCookies = false,
                MaxConnectionsPerServer = 16,
                RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.UTF8,
            }
        )
        {
            Timeout = TimeSpan.FromSeconds(30),
        };

        await Parallel.ForAsync(
            0,
            Plan.Requests,
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, cancellationToken) =>
            {
                var request = FuzzRequest.Make(Plan.Seed, number, operations, people);
                using var message = request.ToMessage(cast.Platform.Urls[request.Operation.Service]);
                try
                {
                    using var answer = await http.SendAsync(message, cancellationToken);
                    statuses.AddOrUpdate((int)answer.StatusCode, 1, (_, count) => count + 1);
                    var body = await answer.Content.ReadAsStringAsync(cancellationToken);
                    if (Fault(answer, body) is { } fault)
                        failures.Enqueue(
                            ($"{fault} {request.Operation}", $"{Plan.Seed}:{number} {fault}: {request}\n    -> {body}")
                        );
                }
                catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
                {
                    failures.Enqueue(
                        (
                            $"no answer {request.Operation}",
                            $"{Plan.Seed}:{number} no answer: {request}\n{exception.Message}"
                        )
                    );
                }
            }
        );

        output.WriteLine($"seed {Plan.Seed}, {Plan.Requests} requests, {watch.Elapsed.TotalSeconds:0.0} s");
        output.WriteLine(string.Join(", ", statuses.OrderBy(one => one.Key).Select(one => $"{one.Key}: {one.Value}")));
        var told = failures.DistinctBy(failure => failure.Kind).Take(MostTold).Select(failure => failure.Told).ToList();
        if (told.Count > 0)
            Assert.Fail($"{failures.Count} of {Plan.Requests} failed:\n\n{string.Join("\n\n", told)}");
        // Otherwise the generator, and not the services, is what was tested.
        statuses
            .Where(one => one.Key is >= 200 and < 300)
            .Sum(one => one.Value)
            .ShouldBeGreaterThan(Plan.Requests / 10);
        statuses.GetValueOrDefault(429).ShouldBeLessThan(Plan.Requests / 20);
        (await LettersAsync()).ShouldBe(letters, "what got in could be handled by everybody who listens");
    }

    private static string? Fault(HttpResponseMessage answer, string body)
    {
        var status = (int)answer.StatusCode;
        if (status >= 500)
            return $"{status}";
        if (status < 400)
            return null;
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json")
            return $"{status} without problem details";
        try
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(body);
            var traced = problem.TryGetProperty("traceId", out var trace) && trace.GetString() is { Length: 32 };
            if (!traced)
                return $"{status} without a trace id";
            if (problem.GetProperty("status").GetInt32() != status)
                return $"{status} that says something else";
        }
        catch (JsonException)
        {
            return $"{status} with broken JSON";
        }
        return
            body.Contains("Npgsql", StringComparison.Ordinal)
            || body.Contains("   at ", StringComparison.Ordinal)
            || body.Contains("System.", StringComparison.Ordinal)
            ? $"{status} that tells internals"
            : null;
    }

    private async Task<long> LettersAsync()
    {
        long letters = 0;
        foreach (var service in ApiDocuments.Services)
        {
            MessagingStatus? status = null;
            await Eventually.UntilAsync(
                async () =>
                {
                    status = await cast.Platform.Market.SendAsync<MessagingStatus>(
                        cast.Admin,
                        HttpMethod.Get,
                        service,
                        "messaging"
                    );
                    return status is { Relay.InFlight: 0, Retrying: 0 } && status.Consumers.All(one => one.Lag == 0);
                },
                $"{service} has handled everything"
            );
            letters += status!.DeadLetters;
        }
        return letters;
    }

    /// <summary>Every operation as often, but for those that cost much.</summary>
    private static List<Operation> Weigh(IReadOnlyList<Operation> operations) =>
        [
            .. operations,
            .. operations.Where(operation => !Costly.Contains(operation.ToString())),
            .. operations.Where(operation =>
                !Costly.Contains(operation.ToString())
                && !operation.Path.StartsWith("/messaging", StringComparison.Ordinal)
            ),
        ];

    private static (int Seed, int Requests) ReadPlan() =>
        Environment.GetEnvironmentVariable("COMMERCE_FUZZ")?.Split(':') is [var seed, var requests]
            ? (
                int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture),
                int.Parse(requests, System.Globalization.CultureInfo.InvariantCulture)
            )
            : (20261121, 20_000);
}
