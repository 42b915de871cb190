using Commerce.Messaging.Consumers;
using Commerce.Messaging.Gaps;
using FsCheck;
using FsCheck.Fluent;

namespace Commerce.Messaging.Tests.Gaps;

/// <summary>
/// One partition whose log is lost again and again, wherever the consumer is then: every event was read, or is known to be
/// missing.
/// </summary>
public sealed class PositionProperties
{
    private const int Histories = 100_000;

    private static readonly Arbitrary<(Step Kind, int Count)[]> History = Gen.Elements(Enum.GetValues<Step>())
        .Zip(Gen.Choose(0, 6))
        .ArrayOf()
        .Resize(30)
        .ToArbitrary();

    private enum Step
    {
        Write,
        Read,
        Restart,
        PublishAgain,
        EndPublishingAgain,
        LoseLog,
    }

    [Fact]
    public void Every_event_is_read_or_known_to_be_missing() =>
        Prop.ForAll(History, Walk).Check(Config.QuickThrowOnFailure.WithMaxTest(Histories).WithQuietOnSuccess(true));

    private static void Walk((Step Kind, int Count)[] history)
    {
        var partition = new Model();
        foreach (var (kind, count) in history)
        {
            switch (kind)
            {
                case Step.Write:
                    partition.Write(count);
                    break;
                case Step.Read:
                    partition.Read(count);
                    break;
                case Step.Restart:
                    partition.Restart();
                    break;
                case Step.PublishAgain:
                    partition.PublishAgain();
                    break;
                case Step.EndPublishingAgain:
                    partition.EndPublishingAgain();
                    break;
                case Step.LoseLog:
                    partition.LoseLog(inFlight: count, readBeforeMarker: count / 2);
                    break;
            }
        }

        partition.Read(int.MaxValue);
        partition.Unknown.ShouldBeEmpty();
    }

    /// <summary>The events are numbered, and committed a minute apart.</summary>
    private sealed class Model
    {
        private static readonly DateTime Noon = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
        private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
        private readonly HashSet<int> _read = [];
        private List<(int? Event, long Epoch, ControlRecord? ControlRecord)> _log = [];
        private Position _position = new();
        private Guid? _run;
        private long _epoch = 1;
        private int _fetch;
        private int _written;

        public IEnumerable<int> Unknown =>
            Enumerable.Range(0, _written).Where(e => !_read.Contains(e) && !(_position.MissingSince <= TimeOf(e)));

        public void Write(int count)
        {
            Publish(_written, count);
            _written += count;
        }

        public void Read(int count)
        {
            // A position that the log does not reach is out of range, and reading begins anew.
            _fetch = _fetch > _log.Count ? 0 : _fetch;
            for (; count > 0 && _fetch < _log.Count; count--, _fetch++)
            {
                var (number, epoch, marker) = _log[_fetch];
                DateTime? time = number is { } n ? TimeOf(n) : null;
                _position = _position.After(_fetch, epoch, time, marker, Margin);
                if (number is { } read)
                {
                    _read.Add(read);
                }
            }
        }

        public void Restart()
        {
            var start = PartitionTracker.Start(_position, _log.Count);
            _fetch = start.IsSpecial ? 0 : (int)start.Value;
        }

        public void PublishAgain()
        {
            if (_position.MissingSince is { } since)
            {
                _run = Guid.NewGuid();
                _log.Add(
                    (
                        null,
                        _epoch,
                        new ControlRecord(ControlRecordKind.RepublishBegin, Run: _run.Value, Since: Offset(since))
                    )
                );
                var first = Enumerable.Range(0, _written).FirstOrDefault(e => TimeOf(e) >= since, _written);
                Publish(first, _written - first);
            }
        }

        public void EndPublishingAgain()
        {
            if (_run is { } run)
            {
                _log.Add((null, _epoch, new ControlRecord(ControlRecordKind.RepublishEnd, Run: run)));
                _run = null;
            }
        }

        /// <summary>What was in flight comes into the new log; then the relay notices, and publishes it in the new epoch.</summary>
        public void LoseLog(int inFlight, int readBeforeMarker)
        {
            var acknowledged = _log.Count;
            _log = [];
            EndPublishingAgain();
            var first = _written;
            Write(inFlight);
            Read(readBeforeMarker);
            // The relay takes acknowledgements of the new log for those of the old one when their offsets are higher.
            acknowledged = Math.Max(acknowledged, _log.Count);
            _log.Add((null, _epoch + 1, new ControlRecord(ControlRecordKind.Epoch, _epoch, acknowledged)));
            _epoch++;
            Publish(first, inFlight);
        }

        private void Publish(int first, int count) =>
            _log.AddRange(Enumerable.Range(first, count).Select(e => ((int?)e, _epoch, (ControlRecord?)null)));

        private static DateTime TimeOf(int number) => Noon.AddMinutes(number);

        private static DateTimeOffset? Offset(DateTime since) =>
            since == Position.Beginning ? null : new DateTimeOffset(since);
    }
}
