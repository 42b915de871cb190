using System.ComponentModel;
using System.Diagnostics;
using Microsoft.Extensions.Configuration;

namespace Commerce.AppHost.Servers;

/// <summary>Whether PostgreSQL, Redis and Kafka can be containers here.</summary>
internal static class ContainerEngine
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    /// <summary><c>COMMERCE_SERVERS</c> says <c>containers</c> or <c>processes</c>; without it, containers where an engine answers.</summary>
    /// <exception cref="InvalidOperationException">It says something else.</exception>
    public static bool IsWanted(IConfiguration configuration) =>
        configuration["COMMERCE_SERVERS"] switch
        {
            "containers" => true,
            "processes" => false,
            null or "" => Answers(configuration),
            var other => throw new InvalidOperationException(
                $"COMMERCE_SERVERS is '{other}'; it can be 'containers' or 'processes'."
            ),
        };

    // As Aspire looks for it. Programs and sockets are often there without an engine behind them.
    private static bool Answers(IConfiguration configuration) =>
        (
            configuration["ASPIRE_CONTAINER_RUNTIME"] is { Length: > 0 } given
                ? [given]
                : (string[])["docker", "podman"]
        ).Any(Answers);

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
