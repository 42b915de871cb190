using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using StackExchange.Redis;

namespace Commerce.Storefront.Hosting;

/// <summary>
/// The keys that protect cookies: in Redis, so that replicas share them, and in a folder, so that they outlive Redis. Whatever
/// one side has and the other lacks is copied over whenever the keys are read.
/// </summary>
internal sealed class KeyRepository(Func<IDatabase> redis, DirectoryInfo folder, ILogger<KeyRepository> logger)
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
        redis().HashGetAll(RedisKey).ToDictionary(e => (string)e.Name, e => (string)e.Value);

    // Of two replicas that start at once, each keeps its own key under its own name.
    private bool WriteRedis(string name, string xml)
    {
        redis().HashSet(RedisKey, name, xml);
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

    private T? Guarded<T>(Func<T> step)
    {
        try
        {
            return step();
        }
        catch (Exception e)
            when (e
                    is RedisException
                        or TimeoutException
                        or IOException
                        or UnauthorizedAccessException
                        or InvalidOperationException
            )
        {
            logger.LogWarning("Protection keys: one of their two places is away ({Reason})", e.GetType().Name);
            return default;
        }
    }
}
