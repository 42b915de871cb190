namespace Commerce.Messaging.Gaps;

/// <summary>Where a consumer is in one partition, and whether it misses something before that.</summary>
/// <param name="Epoch">Of the newest message seen; relays begin with 1.</param>
/// <param name="Next">The offset after the newest message seen in this epoch.</param>
/// <param name="LastAt">Commit time of the newest event seen; null when there was none.</param>
/// <param name="MissingSince">Set while events are missing: those written from then on have to come again.</param>
/// <param name="RepublishRun">The publishing again that is passing, seen without a jump from its begin.</param>
internal sealed record Position(
    long Epoch = 1,
    long Next = 0,
    DateTime? LastAt = null,
    DateTime? MissingSince = null,
    Guid? RepublishRun = null
)
{
    /// <summary>As <see cref="MissingSince"/>: everything there ever was.</summary>
    public static readonly DateTime Beginning = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);

    /// <summary>Commit time: whatever was written before and is not missing did not come from the log of this epoch.</summary>
    public DateTime LogFrom { get; init; } = Beginning;

    public bool IsMissing => MissingSince is not null;

    /// <summary>The position after one more message of the partition.</summary>
    /// <param name="epoch">Null when the message does not say: it did not come from a relay.</param>
    /// <param name="timestamp">Commit time for events; null for markers.</param>
    /// <param name="margin">Longer than the longest transaction.</param>
    public Position After(long offset, long? epoch, DateTime? timestamp, ControlRecord? control, TimeSpan margin)
    {
        if (epoch > Epoch)
        {
            return Begin(offset, epoch.Value, timestamp, control, margin);
        }

        if (offset < Next)
        {
            // Read again, after a restart without our own position or from a broker whose relay has not noticed yet.
            return this;
        }

        var after = offset > Next ? MarkGap(Since(margin)) : this;
        return after.Move(offset, timestamp).ApplyRepublish(control);
    }

    /// <summary>
    /// The first message of a new epoch. What the relay had in flight when the old log was lost came into the new one under the
    /// old epoch, before the marker, and may have taken this position further than anything that was read of the old log. Only
    /// a position beyond the marker cannot come from there.
    /// </summary>
    private Position Begin(long offset, long epoch, DateTime? timestamp, ControlRecord? control, TimeSpan margin)
    {
        var announced = control is { Kind: ControlRecordKind.Epoch } && control.PreviousEpoch == Epoch;
        var ofOldLog = announced && Next > offset;
        var from = ofOldLog ? Since(margin) : LogFrom;
        var complete = announced && (control!.PreviousEnd == 0 || (ofOldLog && Next >= control.PreviousEnd));
        var before = complete ? this : MarkGap(from);
        return (before with { Epoch = epoch, LogFrom = from }).Move(offset, timestamp);
    }

    private Position Move(long offset, DateTime? timestamp) =>
        this with
        {
            Next = offset + 1,
            LastAt = timestamp > LastAt || LastAt is null ? timestamp ?? LastAt : LastAt,
        };

    private Position MarkGap(DateTime since) =>
        this with
        {
            MissingSince = Earliest(MissingSince, since),
            RepublishRun = null,
        };

    private DateTime Since(TimeSpan margin) =>
        LastAt is { } last && last - Beginning > margin ? last - margin : Beginning;

    private Position ApplyRepublish(ControlRecord? control) =>
        control?.Kind switch
        {
            ControlRecordKind.RepublishBegin when IsMissing && Covers(control) => this with
            {
                RepublishRun = control.Run,
            },
            // It came with this log: should that prove to be another than was thought, it is missing again.
            ControlRecordKind.RepublishEnd when RepublishRun == control.Run => this with
            {
                MissingSince = null,
                RepublishRun = null,
                LogFrom = Earliest(MissingSince, LogFrom),
            },
            _ => this,
        };

    private bool Covers(ControlRecord control) =>
        control.Since is null || control.Since.Value.UtcDateTime <= MissingSince;

    private static DateTime Earliest(DateTime? a, DateTime b) => a < b ? a.Value : b;
}
