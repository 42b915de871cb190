using System.Text;
using Confluent.Kafka;

namespace Commerce.Platform.Tests;

/// <summary>Messages that no service publishes and every consumer has to survive.</summary>
internal static class Poison
{
    /// <summary>
    /// A payment's capture for Order, with <paramref name="subject"/> in place of ID in the payload; without an event id when
    /// <paramref name="id"/> is null.
    /// </summary>
    public static async Task ProduceAsync(string kafka, Guid subject, Guid? id, string payload)
    {
        using var producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = kafka }
        ).Build();
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        Add("ce_specversion", "1.0");
        Add("ce_type", "commerce.payment.captured.v1");
        Add("ce_source", "/commerce/payment");
        Add("ce_subject", subject.ToString());
        if (id is not null)
            Add("ce_id", id.Value.ToString());
        await producer.ProduceAsync(
            "commerce.payment",
            new Message<string, string>
            {
                Key = subject.ToString(),
                Value = payload.Replace("ID", subject.ToString(), StringComparison.Ordinal),
                Headers = headers,
            }
        );
    }
}
