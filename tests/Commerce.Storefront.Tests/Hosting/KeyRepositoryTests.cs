using System.Xml.Linq;
using Commerce.ServerProcesses;
using Commerce.ServiceDefaults.Redis;
using Commerce.Storefront.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Commerce.Storefront.Tests.Hosting;

/// <summary>Cookies outlive Redis: the keys that protect them are in two places.</summary>
public sealed class KeyRepositoryTests : IDisposable
{
    // Nobody listens at port 1.
    private static readonly RedisGate NoRedis = new("127.0.0.1:1", NullLogger<RedisGate>.Instance);
    private static readonly XElement Key = XElement.Parse("""<key id="1"><secret>s</secret></key>""");
    private readonly DirectoryInfo _folder = new(Path.Combine(Path.GetTempPath(), $"commerce-keys-{Guid.NewGuid():N}"));

    public void Dispose()
    {
        if (_folder.Exists)
        {
            _folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Without_Redis_a_key_is_kept_in_the_folder_and_found_by_the_next_process()
    {
        Repository(_folder).StoreElement(Key, "key-1");

        var found = Repository(_folder).GetAllElements().ShouldHaveSingleItem();
        XNode.DeepEquals(found, Key).ShouldBeTrue();
    }

    [Fact]
    public async Task What_one_place_lacks_comes_from_the_other()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var gate = new RedisGate(redis.ConnectionString, NullLogger<RedisGate>.Instance);
        // Made while Redis was away, so that the folder alone has it.
        Repository(_folder).StoreElement(Key, "key-1");
        Repository(_folder, gate).GetAllElements().ShouldHaveSingleItem();

        _folder.Delete(recursive: true);

        var found = Repository(_folder, gate).GetAllElements().ShouldHaveSingleItem();
        XNode.DeepEquals(found, Key).ShouldBeTrue();
        Repository(_folder).GetAllElements().ShouldHaveSingleItem();
    }

    [Fact]
    public void A_key_file_is_readable_by_its_owner_alone()
    {
        Repository(_folder).StoreElement(new XElement("key"), "key-1");

        var mode = OperatingSystem.IsWindows()
            ? default
            : File.GetUnixFileMode(Path.Combine(_folder.FullName, "key-1.xml"));
        mode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public void A_key_that_nobody_takes_is_an_error_and_not_a_key_that_is_lost_at_the_restart()
    {
        File.WriteAllText(_folder.FullName, "a file where the folder should be");
        try
        {
            Should.Throw<IOException>(() =>
                Repository(new DirectoryInfo(_folder.FullName)).StoreElement(new XElement("key"), "key-1")
            );
        }
        finally
        {
            File.Delete(_folder.FullName);
        }
    }

    private static KeyRepository Repository(DirectoryInfo folder, RedisGate? redis = null) =>
        new(redis ?? NoRedis, folder, NullLogger<KeyRepository>.Instance);
}
