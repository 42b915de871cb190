// A process for the engine's tests: tells what it was given, and gets ill or dies when asked to.
var startedAt = DateTimeOffset.UtcNow;
var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["Sample:Fail"] is { } reason)
{
    Console.WriteLine(reason);
    return 3;
}

var healthyAfter = builder.Configuration.GetValue("Sample:HealthyAfter", TimeSpan.Zero);
var app = builder.Build();
app.MapGet(
    "/health",
    () => DateTimeOffset.UtcNow - startedAt < healthyAfter ? Results.StatusCode(503) : Results.Text("Healthy")
);
app.MapGet("/about", () => new About(Environment.ProcessId, startedAt));
app.MapGet(
    "/environment",
    () =>
        Environment
            .GetEnvironmentVariables()
            .Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value)
);
app.Run();
return 0;

internal sealed record About(int Pid, DateTimeOffset StartedAt);
