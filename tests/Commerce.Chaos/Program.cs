using Commerce.Chaos;

if (ChaosOptions.Parse(args, out var problem) is not { } options)
{
    await Console.Error.WriteLineAsync(problem);
    return 2;
}

await Console.Out.WriteLineAsync("starting a platform of its own ...");
await using var platform = await PlatformUnderTest.StartAsync(ChaosPlatform.Settings);
var report = await new ChaosRun(platform, options, Console.Out).RunAsync();
report.Print();
return report.Violations.Count == 0 ? 0 : 1;
