using System.Text.Json;
using Commerce.Messaging.Kafka;
using Microsoft.Extensions.DependencyInjection;

namespace Commerce.Messaging.Tests.Support;

/// <summary>
/// The test assembly as a process of its own: a service that a test can kill as a crash would. Without arguments it is started
/// by nobody; the test runner loads the assembly and never comes here.
/// </summary>
internal static class Worker
{
    public static async Task<int> Main(string[] args)
    {
        if (args is ["bench", .. var rest])
        {
            return await Bench.RunAsync(rest);
        }

        if (args is ["impatient", var kafka])
        {
            await AskAndLeaveAsync(kafka);
            return 0;
        }

        if (args is not ["worker", var json])
        {
            await Console.Error.WriteLineAsync("usage: worker <options as JSON> | impatient <broker> | bench [events]");
            return 2;
        }

        var options = JsonSerializer.Deserialize<TestServiceOptions>(json)!;
        await using var service = await TestService.StartAsync(options);
        Console.WriteLine("ready");
        // Ends with its parent: the pipe closes.
        await Console.In.ReadToEndAsync();
        return 0;
    }

    /// <summary>Asks a broker that does not answer, and stops the service meanwhile, many times.</summary>
    private static Task AskAndLeaveAsync(string kafka) =>
        Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 100 },
            async (n, _) =>
            {
                await using var services = KafkaServices.With(kafka);
                var admin = services.GetRequiredService<KafkaAdmin>();
                using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(20 + n % 100));
                await Should.ThrowAsync<OperationCanceledException>(() => admin.PrepareAsync(stop.Token));
            }
        );
}
