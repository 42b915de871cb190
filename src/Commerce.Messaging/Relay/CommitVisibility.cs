using System.Globalization;
using Commerce.Data.Batches;
using Npgsql;

namespace Commerce.Messaging.Relay;

/// <summary>
/// PostgreSQL's log tells of a commit before other sessions see it: the backend still has to be woken, or waits for a standby.
/// On a busy machine an event published in that moment was answered before its own service saw what it was about. So the
/// relay waits until the transaction is visible.
/// </summary>
internal sealed class CommitVisibility(NpgsqlDataSource database)
{
    // What was visible once stays so: under load one snapshot answers for many transactions.
    private Snapshot? _snapshot;

    // Commits that follow each other closely are asked about together; the more of them, the busier the machine is.
    private readonly BatchThrottle _throttle = new(TimeSpan.FromMilliseconds(2));

    public async ValueTask WaitAsync(uint transaction, CancellationToken cancellationToken)
    {
        while (_snapshot?.Shows(transaction) is not true)
        {
            if (_throttle.Wait is var wait && wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, cancellationToken);
            }

            var begun = _throttle.Begin();
            await using var command = database.CreateCommand("select pg_current_snapshot()::text");
            _snapshot = Snapshot.Parse((string)(await command.ExecuteScalarAsync(cancellationToken))!);
            _throttle.End(begun);
        }
    }

    /// <summary>Every transaction before <paramref name="Min"/> has ended, none from <paramref name="Max"/> on has.</summary>
    internal sealed record Snapshot(ulong Min, ulong Max, IReadOnlySet<ulong> Running)
    {
        private const ulong Epoch = 1ul << 32;

        /// <summary>PostgreSQL's text form: <c>min:max:running,running</c>.</summary>
        public static Snapshot Parse(string text)
        {
            var parts = text.Split(':');
            return new Snapshot(
                Number(parts[0]),
                Number(parts[1]),
                parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries).Select(Number).ToHashSet()
            );
        }

        /// <param name="transaction">Committed; the lower half of its number, as the log has it.</param>
        public bool Shows(uint transaction)
        {
            // The half nearest to the snapshot: the numbers in use are never further apart.
            var full = (Max & ~(Epoch - 1)) | transaction;
            if (full > Max && full - Max > Epoch / 2 && full >= Epoch)
            {
                full -= Epoch;
            }
            else if (Max > full && Max - full > Epoch / 2)
            {
                full += Epoch;
            }

            return full < Min || (full < Max && !Running.Contains(full));
        }

        private static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);
    }
}
