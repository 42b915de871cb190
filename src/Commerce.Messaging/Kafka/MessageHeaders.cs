using System.Text;
using Commerce.Messaging.Diagnostics;
using Confluent.Kafka;

namespace Commerce.Messaging.Kafka;

/// <summary>Header names on the wire: CloudEvents 1.0 binary mode, W3C trace context, and our own two.</summary>
internal static class MessageHeaders
{
    public const string SpecVersion = "ce_specversion";
    public const string Id = "ce_id";
    public const string Source = "ce_source";
    public const string Type = "ce_type";
    public const string Time = "ce_time";
    public const string Subject = "ce_subject";
    public const string ContentType = "content-type";
    public const string TraceParent = "traceparent";

    /// <summary>Counts how often the broker lost what the relay had published.</summary>
    public const string Epoch = "epoch";

    /// <summary>On messages that are no events: the kind of control record.</summary>
    public const string ControlRecord = "marker";

    public static string? Text(this Headers headers, string name) =>
        headers.TryGetLastBytes(name, out var bytes) && bytes is not null ? Encoding.UTF8.GetString(bytes) : null;

    /// <summary>All headers as text that JSON and PostgreSQL take.</summary>
    public static Dictionary<string, string> ToDictionary(this Headers headers)
    {
        var result = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var header in headers)
        {
            result[ErrorText.Clean(header.Key)] = ErrorText.Clean(
                Encoding.UTF8.GetString(header.GetValueBytes() ?? [])
            );
        }

        return result;
    }
}
