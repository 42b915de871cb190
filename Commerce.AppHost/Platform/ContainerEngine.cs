using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Commerce.AppHost.Platform;

/// <summary>Whether PostgreSQL, Redis and Kafka can be containers here.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    // An engine that does not answer takes seconds to say so, once is enough.
    private static readonly ConcurrentDictionary<string, Lazy<bool>> Asked = new(StringComparer.Ordinal);

    /// <summary>
    /// <c>COMMERCE_SERVERS</c> says <c>containers</c> or <c>processes</c>; without it, containers where an engine answers and has
    /// the images or can get them.
    /// </summary>
    /// <exception cref="InvalidOperationException">It says something else.</exception>
    public static bool IsWanted(IConfiguration configuration, IEnumerable<string> images) =>
        configuration["COMMERCE_SERVERS"] switch
        {
            "containers" => true,
            "processes" => false,
            null or "" => Answering(configuration) is { } engine && images.All(image => Has(engine, image)),
            var other => throw new InvalidOperationException(
                $"COMMERCE_SERVERS is '{other}'; it can be 'containers' or 'processes'."
            ),
        };

    /// <summary>The program that Aspire starts containers with.</summary>
    public static string Program(IConfiguration configuration) =>
        Answering(configuration) ?? Programs(configuration)[0];

    /// <summary>Asks the engine for something and gives what it said.</summary>
    /// <exception cref="InvalidOperationException">It refused; the message says why.</exception>
    public static async Task<string> RunAsync(
        string program,
        IEnumerable<string> arguments,
        CancellationToken cancellationToken
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var complaint = process.StandardError.ReadToEndAsync(cancellationToken);
        var answer = await process.StandardOutput.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? answer
            : throw new InvalidOperationException(
                $"{program} {process.StartInfo.ArgumentList.FirstOrDefault()}: {(await complaint).Trim()}"
            );
    }

    private static string? Answering(IConfiguration configuration) =>
        Programs(configuration)
            .FirstOrDefault(program => Asked.GetOrAdd(program, one => new Lazy<bool>(() => Answers(one))).Value);

    // As Aspire looks for it. Programs and sockets are often there without an engine behind them.
    private static string[] Programs(IConfiguration configuration) =>
        configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } given ? [given] : ["docker", "podman"];

    private static bool Has(string engine, string image)
    {
        if (Succeeds(engine, ["image", "inspect", "--format", "-", image]))
        {
            return true;
        }

        Console.WriteLine($"{engine}: pulling {image} ...");
        if (Succeeds(engine, ["pull", image], isShown: true))
        {
            return true;
        }

        Console.WriteLine($"{image} cannot be had: PostgreSQL, Redis and Kafka run as processes of this machine.");
        return false;
    }

    private static bool Answers(string engine)
    {
        try
        {
            return Succeeds(engine, ["info"], bound: Bound);
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }

    /// <param name="isShown">A person waits for it and sees how far it is.</param>
    /// <param name="bound">Without one, as long as it takes.</param>
    private static bool Succeeds(
        string engine,
        IEnumerable<string> arguments,
        bool isShown = false,
        TimeSpan? bound = null
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(engine, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = !isShown,
                RedirectStandardError = !isShown,
            }
        )!;
        if (!isShown)
        {
            // Read and thrown away, or it would stop at a full pipe.
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        if (process.WaitForExit(bound ?? Timeout.InfiniteTimeSpan))
        {
            return process.ExitCode == 0;
        }

        process.Kill(entireProcessTree: true);
        return false;
    }
}
