using Commerce.Messaging.Consumers;
using Commerce.Messaging.Gaps;

namespace Commerce.Messaging.Tests.Gaps;

public sealed class PositionTests
{
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);
    private static readonly DateTime Noon = new(2026, 11, 21, 12, 0, 0, DateTimeKind.Utc);
    private static readonly Guid Run = Guid.NewGuid();

    [Fact]
    public void The_next_offset_of_the_same_epoch_is_no_hole()
    {
        var position = new Position(1, 5, Noon).After(5, 1, Noon.AddSeconds(1), null, Margin);

        position.ShouldBe(new Position(1, 6, Noon.AddSeconds(1)));
    }

    [Fact]
    public void A_jump_is_a_hole_since_the_last_event_less_the_margin()
    {
        var position = new Position(1, 5, Noon).After(7, 1, Noon.AddSeconds(1), null, Margin);

        position.MissingSince.ShouldBe(Noon - Margin);
        position.Next.ShouldBe(8);
    }

    [Fact]
    public void A_topic_that_does_not_begin_at_its_begin_lacks_everything()
    {
        new Position().After(3, 1, Noon, null, Margin).MissingSince.ShouldBe(Position.Beginning);
        new Position().After(0, 2, Noon, null, Margin).MissingSince.ShouldBe(Position.Beginning);
        new Position().After(0, 1, Noon, null, Margin).IsMissing.ShouldBeFalse();
    }

    [Fact]
    public void An_older_offset_changes_nothing()
    {
        var position = new Position(2, 5, Noon);

        position.After(3, 2, Noon, null, Margin).ShouldBe(position);
        position.After(3, 1, Noon, null, Margin).ShouldBe(position);
    }

    [Theory]
    [InlineData(1, 100, 100, false)]
    [InlineData(1, 100, 101, false)]
    [InlineData(1, 100, 99, true)]
    [InlineData(2, 0, 100, true)]
    public void A_new_epoch_is_a_hole_unless_all_of_the_old_one_was_read(
        long previousEpoch,
        long previousEnd,
        long next,
        bool hole
    )
    {
        var marker = new ControlRecord(ControlRecordKind.Epoch, previousEpoch, previousEnd);

        var position = new Position(1, next, Noon).After(0, 3, null, marker, Margin);

        position.IsMissing.ShouldBe(hole);
        position.Epoch.ShouldBe(3);
        position.Next.ShouldBe(1);
    }

    [Fact]
    public void A_new_epoch_without_its_marker_is_a_hole_since_the_log_began()
    {
        var began = Noon.AddHours(-1);

        var position = new Position(2, 100, Noon) { LogFrom = began }.After(0, 3, Noon, null, Margin);

        position.MissingSince.ShouldBe(began);
        position.LogFrom.ShouldBe(began);
    }

    /// <summary>The position may be one of the new log: what was in flight came into it before the marker.</summary>
    [Theory]
    [InlineData(99, false)]
    [InlineData(100, true)]
    [InlineData(200, true)]
    public void A_marker_that_the_position_does_not_pass_tells_nothing_of_the_old_log(long offset, bool hole)
    {
        var began = Noon.AddHours(-1);
        var marker = new ControlRecord(ControlRecordKind.Epoch, PreviousEpoch: 2, PreviousEnd: 100);

        var position = new Position(2, 100, Noon) { LogFrom = began }.After(offset, 3, null, marker, Margin);

        position.MissingSince.ShouldBe(hole ? began : null);
        position.LogFrom.ShouldBe(hole ? began : Noon - Margin);
    }

    [Fact]
    public void Nothing_is_missing_of_a_log_that_held_nothing()
    {
        var marker = new ControlRecord(ControlRecordKind.Epoch, PreviousEpoch: 1, PreviousEnd: 0);

        new Position(1, 0).After(7, 2, null, marker, Margin).IsMissing.ShouldBeFalse();
    }

    [Fact]
    public void What_came_again_with_a_log_is_missing_again_when_the_log_was_another()
    {
        var marker = new ControlRecord(ControlRecordKind.Epoch, PreviousEpoch: 1, PreviousEnd: 5);
        var healed = Missing().Then(Begin()).Then(End());

        healed.After(healed.Next, 2, null, marker, Margin).MissingSince.ShouldBe(Noon - Margin);
    }

    [Fact]
    public void Publishing_again_heals_from_its_begin_to_its_end()
    {
        var healed = Missing().Then(Begin()).ThenEvent().Then(End());

        healed.IsMissing.ShouldBeFalse();
        healed.RepublishRun.ShouldBeNull();
    }

    [Fact]
    public void An_end_without_its_begin_heals_nothing()
    {
        Missing().ThenEvent().Then(End()).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public void A_jump_on_the_way_heals_nothing()
    {
        var position = Missing().Then(Begin());

        position.After(position.Next + 1, 1, Noon, null, Margin).Then(End()).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public void Publishing_too_little_again_heals_nothing()
    {
        var begin = new ControlRecord(ControlRecordKind.RepublishBegin, Run: Run, Since: new DateTimeOffset(Noon));

        Missing().Then(begin).Then(End()).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public void The_end_of_another_publishing_heals_nothing()
    {
        var other = new ControlRecord(ControlRecordKind.RepublishEnd, Run: Guid.NewGuid());

        Missing().Then(Begin()).Then(other).IsMissing.ShouldBeTrue();
    }

    [Fact]
    public void The_time_never_goes_back()
    {
        new Position(1, 5, Noon).After(5, 1, Noon.AddHours(-1), null, Margin).LastAt.ShouldBe(Noon);
    }

    [Theory]
    [InlineData(7, 9, 6)]
    [InlineData(7, 7, 6)]
    [InlineData(7, 6, -2)]
    [InlineData(7, null, 6)]
    [InlineData(0, 9, -2)]
    public void Reading_goes_on_one_message_before_the_position_in_a_log_that_reaches_there(
        long next,
        int? end,
        long start
    )
    {
        // −2 is Kafka's "from the beginning".
        PartitionTracker.Start(new Position(1, next), end).Value.ShouldBe(start);
    }

    private static Position Missing() => new Position(1, 5, Noon) { LogFrom = Noon }.After(9, 1, Noon, null, Margin);

    private static ControlRecord Begin() =>
        new(ControlRecordKind.RepublishBegin, Run: Run, Since: new DateTimeOffset(Noon - Margin));

    private static ControlRecord End() => new(ControlRecordKind.RepublishEnd, Run: Run);
}

internal static class PositionSteps
{
    public static Position Then(this Position position, ControlRecord marker) =>
        position.After(position.Next, position.Epoch, null, marker, TimeSpan.FromSeconds(30));

    public static Position ThenEvent(this Position position) =>
        position.After(position.Next, position.Epoch, position.LastAt, null, TimeSpan.FromSeconds(30));
}
