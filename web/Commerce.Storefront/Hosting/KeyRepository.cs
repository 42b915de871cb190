using System.Xml.Linq;
using Commerce.ServiceDefaults.Redis;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Commerce.Storefront.Hosting;

/// <summary>
/// The keys that protect cookies: in Redis, so that replicas share them, and in a folder, so that they outlive Redis. Whatever
/// one side has and the other lacks is copied over whenever the keys are read.
/// </summary>
// Microsoft.AspNetCore.DataProtection.StackExchangeRedis has Redis alone: with its data gone, everybody would be signed out.
internal sealed class KeyRepository(RedisGate redis, DirectoryInfo folder, ILogger<KeyRepository> logger)
    : IXmlRepository
{
    public const string RedisKey = "storefront:protection-keys";

    public IReadOnlyCollection<XElement> GetAllElements()
    {
        var files = Guarded(ReadFiles) ?? [];
        var shared = Guarded(ReadRedis) ?? [];
        foreach (var (name, xml) in files.Where(f => !shared.ContainsKey(f.Key)))
        {
            Guarded(() => WriteRedis(name, xml));
        }

        foreach (var (name, xml) in shared.Where(s => !files.ContainsKey(s.Key)))
        {
            Guarded(() => WriteFile(name, xml));
            files[name] = xml;
        }

        return [.. files.Values.Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        var xml = element.ToString(SaveOptions.DisableFormatting);
        var kept = Guarded(() => WriteRedis(friendlyName, xml));
        kept |= Guarded(() => WriteFile(friendlyName, xml));
        if (!kept)
        {
            throw new IOException("Neither Redis nor the key folder takes the new protection key");
        }
    }

    private Dictionary<string, string> ReadFiles() =>
        folder.Exists
            ? folder
                .EnumerateFiles("*.xml")
                .ToDictionary(f => Path.GetFileNameWithoutExtension(f.Name), f => File.ReadAllText(f.FullName))
            : [];

    private Dictionary<string, string> ReadRedis() =>
        Wait(redis.AskAsync(database => database.HashGetAllAsync(RedisKey)))
            .ToDictionary(e => e.Name.ToString(), e => e.Value.ToString());

    // Of two replicas that start at once, each keeps its own key under its own name.
    private bool WriteRedis(string name, string xml)
    {
        Wait(redis.AskAsync(database => database.HashSetAsync(RedisKey, name, xml)));
        return true;
    }

    private bool WriteFile(string name, string xml)
    {
        folder.Create();
        var target = Path.Combine(folder.FullName, $"{name}.xml");
        var draft = $"{target}.{Environment.ProcessId}.tmp";
        File.WriteAllText(draft, xml);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(draft, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        File.Move(draft, target, overwrite: true);
        return true;
    }

    /// <summary>The interface has no way to await. Keys are read and written once a day, and the gate bounds the wait.</summary>
    private static T Wait<T>(Task<T> answer) => answer.GetAwaiter().GetResult();

    private T? Guarded<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e) when (e is RedisAwayException or IOException or UnauthorizedAccessException)
        {
            logger.LogWarning("Protection keys: one of their two places is away ({Reason})", e.GetType().Name);
            return default;
        }
    }
}
