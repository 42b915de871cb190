using System.Text.Json;

namespace Commerce.Messaging.Tests;

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

        if (args is not ["worker", var json])
        {
            await Console.Error.WriteLineAsync("usage: worker <options as JSON> | bench [events]");
            return 2;
        }

        var options = JsonSerializer.Deserialize<TestServiceOptions>(json)!;
        await using var service = await TestService.StartAsync(options);
        Console.WriteLine("ready");
        // Ends with its parent: the pipe closes.
        await Console.In.ReadToEndAsync();
        return 0;
    }
}
