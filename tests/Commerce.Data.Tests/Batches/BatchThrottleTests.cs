using Commerce.Data.Batches;

namespace Commerce.Data.Tests.Batches;

public sealed class BatchThrottleTests
{
    [Fact]
    public void What_comes_alone_does_not_wait_and_what_follows_waits_its_turn()
    {
        var throttle = new BatchThrottle(TimeSpan.FromMinutes(1));
        throttle.Wait.ShouldBe(TimeSpan.Zero);

        throttle.Begin();

        throttle.Wait.ShouldBeInRange(TimeSpan.FromSeconds(50), TimeSpan.FromMinutes(1));
        new BatchThrottle(TimeSpan.Zero).Wait.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void Batches_that_take_long_come_less_often_but_not_for_ever()
    {
        var throttle = new BatchThrottle(TimeSpan.FromMinutes(1));
        for (var i = 0; i < 20; i++)
        {
            throttle.Took(TimeSpan.FromMinutes(1));
        }

        throttle.Begin();
        throttle.Wait.ShouldBeInRange(TimeSpan.FromMinutes(3.5), TimeSpan.FromMinutes(4));

        for (var i = 0; i < 20; i++)
        {
            throttle.Took(TimeSpan.FromHours(1));
        }

        throttle.Begin();
        throttle.Wait.ShouldBeInRange(TimeSpan.FromMinutes(7.5), TimeSpan.FromMinutes(8));

        for (var i = 0; i < 40; i++)
        {
            throttle.Took(TimeSpan.Zero);
        }

        throttle.Begin();
        throttle.Wait.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }
}
