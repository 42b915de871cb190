using Commerce.Messaging.Consumers;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Tests.Support;
using Microsoft.Extensions.Options;

namespace Commerce.Messaging.Tests.Consumers;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("Messaging:BatchSize", "0")]
    [InlineData("Messaging:Pace", "-00:00:00.010")]
    [InlineData("Messaging:HoldUpTolerance", "00:00:00")]
    public void A_setting_with_which_a_consumer_would_do_or_say_nothing_stops_the_start(string key, string value) =>
        Should
            .Throw<OptionsValidationException>(() => Settings.Read<ConsumerOptions>((key, value)))
            .Message.ShouldContain(key);

    [Theory]
    [InlineData("Kafak")]
    [InlineData("7")]
    public void An_unknown_kind_of_broker_stops_the_start(string broker) =>
        Should
            .Throw<Exception>(() => Settings.Read<KafkaOptions>(("Messaging:Broker", broker)))
            .Message.ShouldContain("Messaging:Broker");

    [Theory]
    [InlineData(null, "Kafka")]
    [InlineData("kafka", "Kafka")]
    [InlineData("Embedded", "Embedded")]
    public void The_broker_is_what_the_configuration_says_and_Kafka_when_it_says_nothing(string? broker, string kind) =>
        Settings.Read<KafkaOptions>(("Messaging:Broker", broker)).Broker.ToString().ShouldBe(kind);
}
