using Commerce.Chaos;

// `./commerce chaos` starts the platform and calls this with the folder of its state.
if (ChaosOptions.Parse(args, out var problem) is not { } options)
{
    await Console.Error.WriteLineAsync(problem);
    return 2;
}

using var platform = PlatformUnderTest.Attach(options.Home);
var report = await new ChaosRun(platform, options, Console.Out).RunAsync();
report.Print();
return report.Violations.Count == 0 ? 0 : 1;
