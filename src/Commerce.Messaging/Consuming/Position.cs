namespace Commerce.Messaging;

/// <summary>Where a consumer is in one partition, and whether it misses something before that.</summary>
/// <param name="Epoch">Of the newest message seen; relays begin with 1.</param>
/// <param name="Next">The offset after the newest message seen in this epoch.</param>
/// <param name="LastAt">Commit time of the newest event seen; null when there was none.</param>
/// <param name="MissingSince">Set while events are missing: those written from then on have to come again.</param>
/// <param name="Healing">The publishing again that is passing, seen without a jump from its begin.</param>
internal sealed record Position(
    long Epoch = 1,
    long Next = 0,
    DateTime? LastAt = null,
    DateTime? MissingSince = null,
    Guid? Healing = null
)
{
    /// <summary>As <see cref="MissingSince"/>: everything there ever was.</summary>
    public static readonly DateTime Always = DateTime.SpecifyKind(DateTime.MinValue, DateTimeKind.Utc);

    public bool IsMissing => MissingSince is not null;

    /// <summary>The position after one more message of the partition.</summary>
    /// <param name="epoch">Null when the message does not say: it did not come from a relay.</param>
    /// <param name="timestamp">Commit time for events; null for markers.</param>
    /// <param name="margin">Longer than the longest transaction.</param>
    public Position After(long offset, long? epoch, DateTime? timestamp, Marker? marker, TimeSpan margin)
    {
        var newEpoch = epoch > Epoch;
        if (!newEpoch && offset < Next)
        {
            // Read again, after a restart without our own position or from a broker whose relay has not noticed yet.
            return this;
        }

        var hole = newEpoch ? !ContinuesWith(marker) : offset > Next;
        var after = this with
        {
            Epoch = newEpoch ? epoch!.Value : Epoch,
            Next = offset + 1,
            LastAt = timestamp > LastAt || LastAt is null ? timestamp ?? LastAt : LastAt,
        };
        if (hole)
        {
            after = after with { MissingSince = Earliest(MissingSince, Since(margin)), Healing = null };
        }

        return after.Heal(marker);
    }

    /// <summary>Whether nothing was lost at the begin of a new epoch: we had read all that the old one held.</summary>
    private bool ContinuesWith(Marker? marker) =>
        marker is { Kind: MarkerKind.Epoch } && marker.PreviousEpoch == Epoch && Next >= marker.PreviousEnd;

    private DateTime Since(TimeSpan margin) => LastAt is { } last && last - Always > margin ? last - margin : Always;

    private Position Heal(Marker? marker) =>
        marker?.Kind switch
        {
            MarkerKind.RepublishBegin when IsMissing && Covers(marker) => this with { Healing = marker.Run },
            MarkerKind.RepublishEnd when Healing == marker.Run => this with { MissingSince = null, Healing = null },
            _ => this,
        };

    private bool Covers(Marker marker) => marker.Since is null || marker.Since.Value.UtcDateTime <= MissingSince;

    private static DateTime Earliest(DateTime? a, DateTime b) => a < b ? a.Value : b;
}
