using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Commerce.Messaging.Diagnostics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Consumers;

/// <summary>
/// Which consumers of this process make no progress because of errors that do not pass by themselves. They try for ever, so that
/// nothing is lost, and somebody has to be told. A database that is away is not among those errors: it has a health check of its
/// own.
/// </summary>
internal sealed class ConsumerProgress(ConsumerOptions options, ILogger<ConsumerProgress> logger)
{
    /// <param name="Since">A <see cref="Stopwatch"/>'s time of the first error since the last progress.</param>
    /// <param name="Told">Whether the log says so.</param>
    private sealed record Halt(long Since, string Where, string Reason, bool Told)
    {
        public TimeSpan Lasts => Stopwatch.GetElapsedTime(Since);
    }

    private readonly ConcurrentDictionary<string, Halt> _halts = new(StringComparer.Ordinal);

    /// <summary>The consumer's last try failed, and it tries again. Called by the consumer only.</summary>
    /// <param name="where">What it could not get past.</param>
    public void Fail(string consumer, string where, Exception exception)
    {
        var reason = ErrorText.Of(exception);
        var halt = _halts.TryGetValue(consumer, out var before)
            ? before with
            {
                Where = where,
                Reason = reason,
            }
            : new Halt(Stopwatch.GetTimestamp(), where, reason, Told: false);
        if (!halt.Told && IsTooLong(halt))
        {
            halt = halt with { Told = true };
            logger.LogError(
                exception,
                "{Consumer} has made no progress for {Seconds:0} s on {Where}",
                consumer,
                halt.Lasts.TotalSeconds,
                where
            );
        }

        _halts[consumer] = halt;
    }

    /// <summary>The consumer got on, or has nothing to do.</summary>
    public void Move(string consumer)
    {
        if (!_halts.IsEmpty && _halts.TryRemove(consumer, out var halt) && halt.Told)
        {
            logger.LogInformation("{Consumer} goes on after {Seconds:0} s", consumer, halt.Lasts.TotalSeconds);
        }
    }

    /// <summary>A sentence about each consumer that has been held up for too long.</summary>
    public IReadOnlyList<string> HeldUp() =>
        [
            .. _halts
                .Where(pair => IsTooLong(pair.Value))
                .Select(pair =>
                    $"{pair.Key} has made no progress for {pair.Value.Lasts.TotalSeconds:0} s on {pair.Value.Where}: {pair.Value.Reason}"
                ),
        ];

    public IEnumerable<Measurement<double>> Measure() =>
        _halts.Select(pair => new Measurement<double>(
            pair.Value.Lasts.TotalSeconds,
            new KeyValuePair<string, object?>("consumer", pair.Key)
        ));

    private bool IsTooLong(Halt halt) => halt.Lasts >= options.HoldUpTolerance;
}

/// <summary>A consumer that is held up does not make the service unready: it still serves. So it degrades only.</summary>
internal sealed class ConsumerHealthCheck(ConsumerProgress progress) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var heldUp = progress.HeldUp();
        return Task.FromResult(
            heldUp.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(' ', heldUp))
        );
    }
}
