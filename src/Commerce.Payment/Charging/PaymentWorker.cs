using System.Diagnostics;
using System.Threading.Channels;
using Commerce.Data.Batches;
using Commerce.Payment.Provider;
using Commerce.ServiceDefaults.Telemetry;
using Npgsql;

namespace Commerce.Payment.Charging;

/// <summary>
/// Asks the provider. Takes due payments under a lease (committed before the call), runs the calls beside each other and
/// outside any transaction, and writes what came of them in batches.
/// </summary>
/// <remarks>
/// A crash leaves the lease behind; when it ends, whoever is there asks again with the same key and learns what happened.
/// Any number of replicas may work on one database.
/// </remarks>
internal sealed class PaymentWorker(
    NpgsqlDataSource database,
    PaymentStore payments,
    IPaymentProvider provider,
    PaymentOptions options,
    ILogger<PaymentWorker> logger
) : BackgroundService
{
    private static readonly TimeSpan DrainFor = TimeSpan.FromSeconds(6);
    private static readonly ActivitySource Source = new("Commerce.Payment");

    private readonly Channel<bool> _wakeUps = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    private readonly Channel<PaymentUpdate> _answers = Channel.CreateUnbounded<PaymentUpdate>(
        new UnboundedChannelOptions { SingleReader = true }
    );

    // Each is a transaction; one that comes alone does not wait.
    private readonly BatchThrottle _takes = new(BatchThrottle.Default);
    private readonly BatchThrottle _writes = new(BatchThrottle.Default);

    private int _running;
    private volatile bool _moreIsDue;

    /// <summary>Says that there may be due work.</summary>
    public void Wake() => _wakeUps.Writer.TryWrite(true);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // What is about a payment runs under that one's trace.
        using var untraced = Untraced.Begin();
        using var abandoned = new CancellationTokenSource();
        var writing = WriteAnswersAsync(abandoned.Token);
        try
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                await Task.Delay(_takes.Wait, stoppingToken);
                var begun = _takes.Begin();
                await TakeAsync(abandoned.Token);
                _takes.End(begun);
                await RestAsync(stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Shutting down: see below.
        }

        // Calls under way get the chance to end, and their answers are written; the leases cover for the others.
        var deadline = Stopwatch.StartNew();
        while (Volatile.Read(ref _running) > 0 && deadline.Elapsed < DrainFor)
        {
            await Task.Delay(20, CancellationToken.None);
        }

        _answers.Writer.Complete();
        await Task.WhenAny(writing, Task.Delay(DrainFor, CancellationToken.None));
        await abandoned.CancelAsync();
        await writing;
    }

    /// <summary>Takes what is due, as far as there are free places, and starts the calls.</summary>
    private async Task TakeAsync(CancellationToken abandoned)
    {
        var free = options.Concurrency - Volatile.Read(ref _running);
        if (free <= 0)
        {
            return;
        }

        try
        {
            var taken = await payments.LeaseAsync(free, options.Lease, abandoned);
            _moreIsDue = taken.Count == free;
            foreach (var payment in taken)
            {
                Interlocked.Increment(ref _running);
                _ = CallAsync(payment, abandoned);
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            logger.LogWarning(exception, "Could not take due payments; trying again");
        }
    }

    /// <summary>Until someone wakes us or it is time to sweep.</summary>
    private async Task RestAsync(CancellationToken stoppingToken)
    {
        using var sweep = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        sweep.CancelAfter(options.SweepEvery);
        try
        {
            await _wakeUps.Reader.ReadAsync(sweep.Token);
        }
        catch (OperationCanceledException) when (!stoppingToken.IsCancellationRequested)
        {
            // Time to sweep.
        }
    }

    private async Task CallAsync(OrderPayment payment, CancellationToken abandoned)
    {
        await Task.Yield();
        var traced = ActivityContext.TryParse(payment.TraceParent, null, isRemote: true, out var parent);
        var charging = payment.State == PaymentState.Charging;
        using var activity = traced
            ? Source.StartActivity(charging ? "confirm payment" : "refund payment", ActivityKind.Client, parent)
            : null;
        activity?.SetTag("commerce.order_id", payment.OrderId);
        activity?.SetTag("commerce.attempt", payment.Attempts);
        try
        {
            var input = await AskAsync(payment, charging, abandoned);
            activity?.SetTag("commerce.answer", input.GetType().Name);
            _answers.Writer.TryWrite(new PaymentUpdate(payment.OrderId, input, activity?.Id ?? payment.TraceParent));
        }
        catch (Exception) when (abandoned.IsCancellationRequested)
        {
            // The process ends; the lease brings it to another.
        }
        finally
        {
            Interlocked.Decrement(ref _running);
            if (_moreIsDue)
            {
                Wake();
            }
        }
    }

    private async Task<PaymentInput> AskAsync(OrderPayment payment, bool charging, CancellationToken abandoned)
    {
        PaymentInput? input = null;
        try
        {
            input = charging
                ? ProviderAnswers.ToCharge(
                    payment,
                    await provider.ConfirmAsync(
                        new(payment.OrderId, $"{payment.PaymentId}", payment.Token!, payment.AmountKrw!.Value),
                        abandoned
                    )
                )
                : ProviderAnswers.ToRefund(
                    await provider.CancelAsync(
                        new(payment.OrderId, $"{payment.PaymentId}-refund", payment.PaymentKey!),
                        abandoned
                    )
                );
        }
        catch (Exception exception) when (!abandoned.IsCancellationRequested)
        {
            logger.LogWarning(
                "No answer from the provider for order {OrderId}, attempt {Attempt}: {Reason}",
                payment.OrderId,
                payment.Attempts,
                exception.InnerException?.Message ?? exception.Message
            );
        }

        return input ?? new PaymentInput.Unanswered(options.Backoff(payment.Attempts, Random.Shared.NextDouble()));
    }

    private async Task WriteAnswersAsync(CancellationToken abandoned)
    {
        var batch = new List<PaymentUpdate>();
        while (await _answers.Reader.WaitToReadAsync(CancellationToken.None))
        {
            await Task.Delay(_writes.Wait, CancellationToken.None);
            var begun = _writes.Begin();
            while (batch.Count < options.Concurrency && _answers.Reader.TryRead(out var update))
            {
                batch.Add(update);
            }

            await WriteUntilWrittenAsync(batch, abandoned);
            _writes.End(begun);
            batch.Clear();
        }
    }

    private async Task WriteUntilWrittenAsync(List<PaymentUpdate> batch, CancellationToken abandoned)
    {
        while (!abandoned.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(abandoned);
                await using var transaction = await connection.BeginTransactionAsync(abandoned);
                await using var writes = new NpgsqlBatch(connection, transaction);
                var due = await payments.ApplyAsync(writes, batch, abandoned);
                await writes.CommitAsync(abandoned);
                if (due)
                {
                    Wake();
                }

                return;
            }
            catch (Exception exception)
            {
                // Nothing is lost either way: when the leases end, the provider is asked again.
                logger.LogWarning(exception, "Could not write {Count} answers; trying again", batch.Count);
                await Task.Delay(200, abandoned).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
