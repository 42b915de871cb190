using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit.Sdk;

namespace Commerce.Testing;

/// <summary>Waits for conditions instead of sleeping. Asks every 20 ms (more slowly later on), 20 s unless told otherwise.</summary>
public static class Eventually
{
    private static readonly TimeSpan Default = TimeSpan.FromSeconds(20);

    /// <summary>For a whole platform, in which other processes have to do something first.</summary>
    public static readonly TimeSpan Long = TimeSpan.FromSeconds(90);

    /// <summary>Waits until <paramref name="condition"/> is true; fails with its text.</summary>
    public static Task True(
        Func<Task<bool>> condition,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string? text = null
    ) => Value(condition, static ok => ok, timeout, text);

    /// <summary>Waits for <see cref="Long"/> unless told otherwise; fails with <paramref name="what"/> was waited for.</summary>
    public static Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? timeout = null) =>
        True(condition, timeout ?? Long, what);

    /// <inheritdoc cref="True(Func{Task{bool}}, TimeSpan?, string?)"/>
    public static Task True(
        Func<bool> condition,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(condition))] string? text = null
    ) => Value(() => Task.FromResult(condition()), static ok => ok, timeout, text);

    /// <summary>Asks for a value until it is as wanted, and returns it; fails with the last value (or exception) seen.</summary>
    public static async Task<T> Value<T>(
        Func<Task<T>> get,
        Func<T, bool> wanted,
        TimeSpan? timeout = null,
        [CallerArgumentExpression(nameof(get))] string? text = null
    )
    {
        var limit = timeout ?? Default;
        var started = Stopwatch.GetTimestamp();
        for (var pause = 20; ; pause = Math.Min(pause + 10, 200))
        {
            object? seen;
            try
            {
                var value = await get();
                if (wanted(value))
                {
                    return value;
                }

                seen = value;
            }
            catch (Exception e) when (Stopwatch.GetElapsedTime(started) < limit)
            {
                seen = e;
            }

            if (Stopwatch.GetElapsedTime(started) >= limit)
            {
                throw new XunitException($"Not within {limit.TotalSeconds:0.#} s: {text}\nLast seen: {seen ?? "null"}");
            }

            await Task.Delay(pause);
        }
    }

    /// <summary>Repeats assertions until they pass; fails with the last failure.</summary>
    public static async Task Holds(Func<Task> assertion, TimeSpan? timeout = null)
    {
        var limit = timeout ?? Default;
        var started = Stopwatch.GetTimestamp();
        for (var pause = 20; ; pause = Math.Min(pause + 10, 200))
        {
            try
            {
                await assertion();
                return;
            }
            catch (Exception) when (Stopwatch.GetElapsedTime(started) < limit)
            {
                await Task.Delay(pause);
            }
        }
    }
}
