using System.Diagnostics;
using System.Text.Json;

namespace Commerce.Bench.Processes;

/// <summary>
/// This executable once more, in one of its <see cref="Roles"/>: what is measured runs apart from what measures, so that the
/// CPU and the memory of both can be told apart. Ends with this object, and with the bench however that ends.
/// </summary>
internal sealed class OwnProcess : IAsyncDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private readonly Process _process;

    private OwnProcess(Process process, string said) => (_process, Said) = (process, said);

    public int Id => _process.Id;

    /// <summary>Its first line, such as the address at which it answers.</summary>
    public string Said { get; }

    public Uri Address => new(Said);

    /// <summary>Waits until it is ready.</summary>
    /// <exception cref="InvalidOperationException">It ended instead.</exception>
    public static async Task<OwnProcess> StartAsync<T>(string role, T options)
    {
        var start = new ProcessStartInfo(
            "dotnet",
            [typeof(OwnProcess).Assembly.Location, Roles.Argument, role, JsonSerializer.Serialize(options)]
        )
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        // As the services have it.
        start.Environment["DOTNET_gcServer"] = "1";
        var process = Process.Start(start)!;
        return await process.StandardOutput.ReadLineAsync() is { } said
            ? new OwnProcess(process, said)
            : throw new InvalidOperationException($"The process for {role} ended while starting.");
    }

    public async ValueTask DisposeAsync()
    {
        // It ends when nobody holds the other end of the pipe any more.
        _process.StandardInput.Close();
        using var bound = new CancellationTokenSource(Timeout);
        try
        {
            await _process.WaitForExitAsync(bound.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
        }

        _process.Dispose();
    }
}
