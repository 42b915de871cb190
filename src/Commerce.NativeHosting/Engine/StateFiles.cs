using System.Globalization;
using System.Text.Json;
using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Engine;

/// <summary>
/// What another process needs to find and steer a running platform. Holds secrets: the control token, PostgreSQL's
/// password, the dashboard's key.
/// </summary>
/// <param name="Status"><c>starting</c> or <c>running</c>.</param>
/// <param name="Pid">Process of the AppHost.</param>
/// <param name="ControlUrl">Loopback address of the control protocol.</param>
/// <param name="Token">Value of the header X-Commerce-Token.</param>
/// <param name="Urls">As <c>./commerce urls --json</c> prints them; empty while starting.</param>
/// <param name="TelemetryApiKey">Value of the header x-api-key for the dashboard's /api/telemetry; null without it.</param>
/// <param name="ConnectionStrings">Complete ones of the servers, by resource.</param>
internal sealed record PlatformState(
    string Status,
    int Pid,
    string ControlUrl,
    string Token,
    IReadOnlyDictionary<string, string> Urls,
    string? TelemetryApiKey,
    IReadOnlyDictionary<string, string> ConnectionStrings
);

/// <summary>The files under <c>run/</c>, and the lock that lets one engine at a time use the folder.</summary>
internal sealed class StateFiles : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly EnginePaths _paths;
    private readonly FileStream _lock;

    private StateFiles(EnginePaths paths, FileStream @lock)
    {
        _paths = paths;
        _lock = @lock;
    }

    /// <summary>Takes the folder, and clears what a killed run left in it.</summary>
    /// <exception cref="InvalidOperationException">Another engine uses it.</exception>
    public static async Task<StateFiles> TakeAsync(EnginePaths paths)
    {
        Directory.CreateDirectory(paths.Run, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        FileStream held;
        try
        {
            held = new FileStream(
                Path.Combine(paths.Run, "lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException taken)
        {
            throw new InvalidOperationException(
                $"The platform in {paths.Home} is running already{OwnerOf(paths)}. Stop it: ./commerce stop",
                taken
            );
        }

        var files = new StateFiles(paths, held);
        await WaitForEarlierGuardianAsync(paths);
        files.Clear();
        File.Delete(paths.Failure);
        await File.WriteAllTextAsync(paths.Guardian, Guardian.Shared.ProcessId.ToString(CultureInfo.InvariantCulture));
        Guardian.Shared.RemoveFirst(paths.State);
        Guardian.Shared.RemoveFirst(paths.Starting);
        return files;
    }

    public void WriteStarting(PlatformState state) => Write(_paths.Starting, JsonSerializer.Serialize(state, Json));

    public void WriteRunning(PlatformState state)
    {
        Write(_paths.State, JsonSerializer.Serialize(state, Json));
        File.Delete(_paths.Starting);
    }

    public void WriteFailure(string reason) => Write(_paths.Failure, reason + Environment.NewLine);

    public void Clear()
    {
        File.Delete(_paths.State);
        File.Delete(_paths.Starting);
    }

    public void Dispose()
    {
        Clear();
        _lock.Dispose();
    }

    /// <summary>After a <c>kill -9</c> the servers of the earlier run may live for another moment, on the same data.</summary>
    private static async Task WaitForEarlierGuardianAsync(EnginePaths paths)
    {
        if (
            File.Exists(paths.Guardian)
            && int.TryParse(await File.ReadAllTextAsync(paths.Guardian), CultureInfo.InvariantCulture, out var guardian)
        )
        {
            for (var tries = 0; tries < 100 && Guardian.IsAtWork(guardian); tries++)
            {
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Whole or not at all: a reader polls for the file.</summary>
    private static void Write(string file, string text)
    {
        var draft = file + ".new";
        Secret.Write(draft, text);
        File.Move(draft, file, overwrite: true);
    }

    private static string OwnerOf(EnginePaths paths)
    {
        foreach (var file in new[] { paths.State, paths.Starting })
        {
            try
            {
                var state = JsonSerializer.Deserialize<PlatformState>(File.ReadAllText(file), Json);
                return $" (process {state!.Pid.ToString(CultureInfo.InvariantCulture)})";
            }
            catch (Exception unreadable) when (unreadable is IOException or JsonException)
            {
                // The other file may tell.
            }
        }

        return "";
    }
}
