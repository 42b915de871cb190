using Commerce.Catalog.Listings;

namespace Commerce.Catalog.Tests.Listings;

public sealed class ListingL1CacheTests
{
    private readonly Clock _clock = new();
    private readonly ListingL1Cache _memory;

    public ListingL1CacheTests() => _memory = new ListingL1Cache(_clock);

    [Fact]
    public void A_version_is_trusted_for_a_moment()
    {
        _memory.Learn("7", _memory.Changes);
        _memory.Version.ShouldBe("7");

        _clock.Pass(TimeSpan.FromMilliseconds(101));

        _memory.Version.ShouldBeNull();
    }

    [Fact]
    public void A_change_here_counts_at_once()
    {
        _memory.Learn("7", _memory.Changes);

        _memory.Change();

        _memory.Version.ShouldBeNull();
    }

    [Fact]
    public void A_version_that_was_on_its_way_during_a_change_is_of_no_use()
    {
        var asked = _memory.Changes;
        _memory.Change();

        _memory.Learn("7", asked);

        _memory.Version.ShouldBeNull();
    }

    [Fact]
    public void A_page_is_kept_for_seconds_and_pages_do_not_pile_up()
    {
        byte[] page = [1];
        _memory.Keep("slot", page);
        _memory.Find("slot").ShouldBe(page);

        _clock.Pass(TimeSpan.FromSeconds(3));
        _memory.Find("slot").ShouldBeNull();

        for (var i = 0; i < 2_000; i++)
        {
            _memory.Keep($"slot {i}", page);
        }

        Enumerable.Range(0, 2_000).Count(i => _memory.Find($"slot {i}") is not null).ShouldBeInRange(1, 500);
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Pass(TimeSpan time) => _ticks += time.Ticks;
    }
}
