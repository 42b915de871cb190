using System.Runtime.CompilerServices;

namespace Commerce.NativeHosting.Engine;

/// <summary>One line of a resource's output; numbers start at 1 and have no holes.</summary>
internal readonly record struct LogLine(int Number, string Text);

/// <summary>
/// A resource's output: a file that never grows beyond two times 10 MiB, and the last lines in memory for those who
/// follow it.
/// </summary>
internal sealed class ResourceLog : IDisposable
{
    private const long FileLimit = 10 * 1024 * 1024;
    private const int KeptLines = 5000;

    private readonly Lock _gate = new();
    private readonly Queue<LogLine> _lines = new();
    private readonly string _file;
    private StreamWriter _writer;
    private TaskCompletionSource _more = NewSignal();
    private int _last;

    public ResourceLog(string folder, string name)
    {
        Directory.CreateDirectory(folder);
        _file = Path.Combine(folder, $"{name}.log");
        _writer = Open();
    }

    public void Write(string text)
    {
        TaskCompletionSource more;
        lock (_gate)
        {
            _lines.Enqueue(new LogLine(++_last, text));
            if (_lines.Count > KeptLines)
            {
                _lines.Dequeue();
            }

            try
            {
                if (_writer.BaseStream.Length > FileLimit)
                {
                    _writer.Dispose();
                    File.Move(_file, _file + ".1", overwrite: true);
                    _writer = Open();
                }

                _writer.WriteLine(text);
            }
            catch (Exception lost) when (lost is IOException or ObjectDisposedException)
            {
                // A full disk must not stop the platform; the lines in memory are still there.
            }

            more = _more;
            _more = NewSignal();
        }

        more.TrySetResult();
    }

    /// <summary>The last lines, oldest first.</summary>
    public IReadOnlyList<LogLine> Tail(int count)
    {
        lock (_gate)
        {
            return [.. _lines.Skip(Math.Max(0, _lines.Count - count))];
        }
    }

    /// <summary>All kept lines, then every new one as it comes, in groups.</summary>
    public async IAsyncEnumerable<IReadOnlyList<LogLine>> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var seen = 0;
        while (true)
        {
            List<LogLine> fresh;
            Task more;
            lock (_gate)
            {
                fresh = [.. _lines.Where(line => line.Number > seen)];
                more = _more.Task;
            }

            if (fresh.Count > 0)
            {
                seen = fresh[^1].Number;
                yield return fresh;
            }
            else
            {
                await more.WaitAsync(cancellationToken);
            }
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _writer.Dispose();
        }
    }

    private StreamWriter Open() =>
        new(new FileStream(_file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            AutoFlush = true,
        };

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
