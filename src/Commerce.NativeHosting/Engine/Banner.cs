using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Commerce.NativeHosting.Engine;

/// <summary>What a person sees once everything is up: the addresses, and the lines that configuration adds.</summary>
internal sealed class Banner(IConfiguration configuration)
{
    public async Task WriteAsync(
        TextWriter console,
        IReadOnlyList<PlatformResource> resources,
        IReadOnlyDictionary<string, string> urls,
        TimeSpan took
    )
    {
        await console.WriteLineAsync();
        await console.WriteLineAsync(
            $"Everything is up after {took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)} s."
        );
        await console.WriteLineAsync();
        foreach (var resource in resources.DistinctBy(resource => resource.Group).Where(r => r.Url is not null))
        {
            // A connection string has a password: `./commerce urls --json` gives it to whoever asks for it.
            var shown = resource.Kind == Kinds.Postgres ? resource.Url! : urls[resource.Group];
            await console.WriteLineAsync($"  {resource.Group, -18}{shown}");
        }

        foreach (var line in configuration.GetSection("Native:Banner").Get<string[]>() ?? [])
        {
            await console.WriteLineAsync(line);
        }

        await console.WriteLineAsync();
        await console.FlushAsync();
    }
}
