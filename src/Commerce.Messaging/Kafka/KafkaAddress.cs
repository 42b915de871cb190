using Confluent.Kafka;

namespace Commerce.Messaging.Kafka;

/// <summary>Where the broker is, and what every client of ours has in common.</summary>
internal sealed record KafkaAddress(string BootstrapServers)
{
    /// <summary>Room for the largest event (4 Mi characters of JSON, mostly one byte each) with its headers.</summary>
    public const int MaxMessageBytes = 16 * 1024 * 1024;

    public T Apply<T>(T config)
        where T : ClientConfig
    {
        config.BootstrapServers = BootstrapServers;
        config.ReconnectBackoffMs = 50;
        config.ReconnectBackoffMaxMs = 500;
        config.SocketNagleDisable = true;
        return config;
    }
}

internal static class TopicNames
{
    /// <summary>Consumers ask sources here to publish again.</summary>
    public const string Control = "commerce.control";

    public static string DeadLetters(string topic) => topic + ".dlq";
}
