using Commerce.Data.Retention;

namespace Commerce.Data.Tests.Retention;

public sealed class UuidV7Tests
{
    [Fact]
    public void The_first_UUIDv7_of_a_time_is_behind_all_before_and_before_all_behind()
    {
        var at = DateTimeOffset.FromUnixTimeMilliseconds(1_790_000_000_123);
        var first = UuidV7.First(at).ToString();

        Enumerable
            .Range(0, 1000)
            .ShouldAllBe(_ =>
                string.CompareOrdinal(Guid.CreateVersion7(at).ToString(), first) >= 0
                && string.CompareOrdinal(Guid.CreateVersion7(at.AddMilliseconds(-1)).ToString(), first) < 0
            );
    }
}
