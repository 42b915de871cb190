using System.Text.Json;
using System.Threading.Channels;

namespace Commerce.PaymentProvider.Ledger;

/// <summary>
/// What happened to money, one JSON line each. <paramref name="Kind"/>: <c>charged</c> or <c>refunded</c>.
/// Amounts in whole KRW. The token is not kept: the provider's own <paramref name="PaymentKey"/> names the payment.
/// </summary>
internal sealed record LedgerLine(
    string Kind,
    string PaymentKey,
    string OrderId,
    long Amount,
    string TransactionKey,
    string IdempotencyKey,
    string? Reason,
    DateTimeOffset At
);

/// <summary>
/// The append-only file that outlives the process: an answer leaves only after its line is on the disk, so that a killed
/// provider still knows whom it charged. Lines that wait together share one fsync.
/// </summary>
internal sealed class LedgerFile : IDisposable
{
    private readonly Channel<(LedgerLine Entry, TaskCompletionSource Written)> _queue = Channel.CreateUnbounded<(
        LedgerLine,
        TaskCompletionSource
    )>(new UnboundedChannelOptions { SingleReader = true });

    private readonly FileStream _file;

    public LedgerFile(IConfiguration configuration, IHostEnvironment environment)
    {
        Path = configuration["PaymentProvider:DataFile"] ?? DefaultPath(configuration, environment);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
        // One writer: a second provider on the same file fails here instead of keeping other books.
        _file = new FileStream(Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
    }

    public string Path { get; }

    /// <summary>Every complete line, oldest first. A line that a crash cut off was never answered for, and is removed.</summary>
    public IEnumerable<LedgerLine> ReadAll()
    {
        _file.Position = 0;
        var content = new byte[_file.Length];
        _file.ReadExactly(content);
        var complete = content.AsSpan().LastIndexOf((byte)'\n') + 1;
        _file.SetLength(complete);
        _file.Position = complete;
        return Parse(content.AsMemory(0, complete));
    }

    /// <summary>Completes when the line is on the disk; fails when it cannot be written.</summary>
    public Task AppendAsync(LedgerLine entry)
    {
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!_queue.Writer.TryWrite((entry, written)))
        {
            written.SetException(new IOException("The journal is closed."));
        }

        return written.Task;
    }

    /// <summary>Writes what is queued until the journal is completed.</summary>
    /// <exception cref="IOException">The disk refused; nothing after that is acknowledged.</exception>
    public async Task WriteAsync()
    {
        var batch = new List<TaskCompletionSource>();
        using var buffer = new MemoryStream();
        while (await _queue.Reader.WaitToReadAsync())
        {
            while (_queue.Reader.TryRead(out var item))
            {
                JsonSerializer.Serialize(buffer, item.Entry, LedgerJson.Default.LedgerLine);
                buffer.WriteByte((byte)'\n');
                batch.Add(item.Written);
            }

            try
            {
                _file.Write(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
                _file.Flush(flushToDisk: true);
            }
            catch (Exception exception)
            {
                _queue.Writer.TryComplete(exception);
                batch.ForEach(written => written.SetException(exception));
                while (_queue.Reader.TryRead(out var item))
                {
                    item.Written.SetException(exception);
                }

                throw;
            }

            batch.ForEach(written => written.SetResult());
            batch.Clear();
            buffer.SetLength(0);
        }
    }

    public void Complete() => _queue.Writer.TryComplete();

    public void Dispose() => _file.Dispose();

    private static IEnumerable<LedgerLine> Parse(ReadOnlyMemory<byte> lines)
    {
        while (!lines.IsEmpty)
        {
            var end = lines.Span.IndexOf((byte)'\n');
            yield return JsonSerializer.Deserialize(lines.Span[..end], LedgerJson.Default.LedgerLine)!;
            lines = lines[(end + 1)..];
        }
    }

    /// <summary>Beside the platform's other state; without it in the temporary folder, one file per checkout.</summary>
    private static string DefaultPath(IConfiguration configuration, IHostEnvironment environment)
    {
        var home = configuration["COMMERCE_HOME"];
        var checkout = Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(
                System.Text.Encoding.UTF8.GetBytes(environment.ContentRootPath)
            )
        );
        return string.IsNullOrEmpty(home)
            ? System.IO.Path.Combine(
                System.IO.Path.GetTempPath(),
                $"commerce-payment-provider-{checkout[..12]}",
                "ledger.jsonl"
            )
            : System.IO.Path.Combine(home, "data", "payment-provider", "ledger.jsonl");
    }
}

/// <summary>Runs the journal. When the disk refuses, the process ends rather than answering from memory.</summary>
internal sealed class LedgerFileWriter(LedgerFile journal) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.Run(journal.WriteAsync, CancellationToken.None);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        journal.Complete();
        await base.StopAsync(cancellationToken);
    }
}
