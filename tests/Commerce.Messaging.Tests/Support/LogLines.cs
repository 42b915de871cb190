using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Tests.Support;

/// <summary>Keeps what is logged, for tests about what people are told.</summary>
internal sealed class LogLines<T> : ILogger<T>
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> _lines = new();

    public IReadOnlyList<string> From(LogLevel level) => [.. _lines.Where(l => l.Level >= level).Select(l => l.Text)];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => _lines.Enqueue((logLevel, formatter(state, exception)));
}
