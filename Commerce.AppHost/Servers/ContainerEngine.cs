using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Commerce.AppHost.Servers;

/// <summary>Whether PostgreSQL, Redis and Kafka can be containers here.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

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
            null or "" => Programs(configuration).FirstOrDefault(Answers) is { } engine
                && images.All(image => Has(engine, image)),
            var other => throw new InvalidOperationException(
                $"COMMERCE_SERVERS is '{other}'; it can be 'containers' or 'processes'."
            ),
        };

    /// <summary>The program that Aspire starts containers with.</summary>
    public static string Program(IConfiguration configuration)
    {
        var programs = Programs(configuration);
        return programs.Length == 1 ? programs[0] : programs.FirstOrDefault(Answers) ?? programs[0];
    }

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

    // As Aspire looks for it. Programs and sockets are often there without an engine behind them.
    private static string[] Programs(IConfiguration configuration) =>
        configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } given ? [given] : ["docker", "podman"];

    private static bool Has(string engine, string image)
    {
        if (Exit(engine, ["image", "inspect", "--format", "-", image], isShown: false) == 0)
        {
            return true;
        }

        Console.WriteLine($"{engine}: pulling {image} ...");
        if (Exit(engine, ["pull", image], isShown: true) == 0)
        {
            return true;
        }

        Console.WriteLine($"{image} cannot be had: PostgreSQL, Redis and Kafka run as processes of this machine.");
        return false;
    }

    private static int Exit(string engine, IEnumerable<string> arguments, bool isShown)
    {
        using var process = Process.Start(
            new ProcessStartInfo(engine, arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = !isShown,
                RedirectStandardError = !isShown,
            }
        )!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private static bool Answers(string engine)
    {
        try
        {
            using var info = Process.Start(
                new ProcessStartInfo(engine, ["info"])
                {
                    UseShellExecute = false,
                    RedirectStandardOutput = true,
                    RedirectStandardError = true,
                }
            )!;
            info.OutputDataReceived += (_, _) => { };
            info.ErrorDataReceived += (_, _) => { };
            info.BeginOutputReadLine();
            info.BeginErrorReadLine();
            if (info.WaitForExit(Bound))
            {
                return info.ExitCode == 0;
            }

            info.Kill(entireProcessTree: true);
            return false;
        }
        catch (Win32Exception)
        {
            // There is no such program.
            return false;
        }
    }
}
