using System.Reflection;
using Commerce.Contracts.Live;

namespace Commerce.Architecture.Tests;

/// <summary>
/// While a new version rolls out, an old storefront listens to new services. The snapshot beside this file says what is sent on
/// which Redis channel: a channel may be added, everything else is a new name.
/// </summary>
public sealed class LiveShapeTests
{
    private static readonly Guid Id = new("0198f0c0-0000-7000-8000-00000000000a");

    [Fact]
    public void Channels_carry_what_the_snapshot_says()
    {
        var channels = typeof(LiveChannels)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Where(field => field.IsLiteral)
            .Select(field => (string)field.GetRawConstantValue()!)
            .Order(StringComparer.Ordinal)
            .ToList();

        LiveChannels.All.Order(StringComparer.Ordinal).ShouldBe(channels);
        channels
            .Select(channel => $"{channel} {MessageOn(channel)}".TrimEnd())
            .ShouldBe(Checkout.Lines("tests/Commerce.Architecture.Tests/LiveShapes.txt"));
    }

    [Fact]
    public void What_is_sent_is_read_again()
    {
        LiveChannels.ReadSubject(LiveChannels.Message(Id)).ShouldBe(Id);
        LiveChannels.ReadSubject(LiveChannels.StockMessage(Id, -3)).ShouldBe(Id);
        LiveChannels.ReadStock(LiveChannels.StockMessage(Id, -3)).ShouldBe((Id, -3));
        LiveChannels.ReadSubject("").ShouldBeNull();
        LiveChannels.ReadStock(LiveChannels.Message(Id)).ShouldBeNull();
    }

    [Fact]
    public void No_service_names_a_channel_by_itself()
    {
        var own = Checkout
            .ProductFiles(".cs", ".razor")
            .Where(file =>
                Checkout.Lines(file).Any(line => line.Contains("RedisChannel.Literal(\"", StringComparison.Ordinal))
            );

        own.ShouldBeEmpty();
    }

    private static string MessageOn(string channel) =>
        channel switch
        {
            LiveChannels.Listings => "",
            LiveChannels.Stock => LiveChannels.StockMessage(Id, 12),
            _ => LiveChannels.Message(Id),
        };
}
