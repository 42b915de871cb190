using Microsoft.Extensions.Configuration;

namespace Commerce.Messaging.Tests;

public sealed class MessagingOptionsTests
{
    [Theory]
    [InlineData("Messaging:BatchSize", "0")]
    [InlineData("Messaging:Pace", "-00:00:00.010")]
    [InlineData("Messaging:HoldUpTolerance", "00:00:00")]
    public void A_setting_with_which_a_consumer_would_do_or_say_nothing_stops_the_start(string key, string value) =>
        Should
            .Throw<InvalidOperationException>(() =>
                MessagingOptions.From(
                    new ConfigurationBuilder()
                        .AddInMemoryCollection(new Dictionary<string, string?> { [key] = value })
                        .Build()
                )
            )
            .Message.ShouldContain(key);

    [Theory]
    [InlineData("Kafak")]
    [InlineData("")]
    [InlineData("7")]
    public void An_unknown_kind_of_broker_stops_the_start(string broker) =>
        Should
            .Throw<InvalidOperationException>(() => Read(broker))
            .Message.ShouldBe($"Messaging:Broker is '{broker}'; it must be Kafka or Embedded.");

    [Theory]
    [InlineData(null, "Kafka")]
    [InlineData("kafka", "Kafka")]
    [InlineData("Embedded", "Embedded")]
    public void The_broker_is_what_the_configuration_says_and_Kafka_when_it_says_nothing(string? broker, string kind) =>
        Read(broker).Broker.ToString().ShouldBe(kind);

    private static MessagingOptions Read(string? broker)
    {
        var settings = new Dictionary<string, string?>();
        if (broker is not null)
        {
            settings["Messaging:Broker"] = broker;
        }

        return MessagingOptions.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());
    }

    [Fact]
    public void What_comes_alone_does_not_wait_and_what_follows_waits_its_turn()
    {
        var pace = new Pace(TimeSpan.FromMinutes(1));
        pace.Wait.ShouldBe(TimeSpan.Zero);

        pace.Begin();

        pace.Wait.ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(1));
        new Pace(TimeSpan.Zero).Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Batches_that_take_long_come_less_often_but_not_for_ever()
    {
        var pace = new Pace(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
        {
            pace.Took(TimeSpan.FromMinutes(1));
        }

        pace.Begin();
        pace.Wait.ShouldBeInRange(TimeSpan.FromMinutes(3.5), TimeSpan.FromMinutes(4));

        for (var i = 0; i < 20; i++)
        {
            pace.Took(TimeSpan.FromHours(1));
        }

        pace.Begin();
        pace.Wait.ShouldBeInRange(TimeSpan.FromMinutes(7.5), TimeSpan.FromMinutes(8));

        for (var i = 0; i < 40; i++)
        {
            pace.Took(TimeSpan.Zero);
        }

        pace.Begin();
        pace.Wait.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }
}
