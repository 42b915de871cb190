using System.Diagnostics;
using Commerce.Bench.Core;
using Commerce.Bench.Events;

namespace Commerce.Bench.Tests;

public sealed class MeasuringTests
{
    [Fact]
    public void Percentiles_are_exact_whatever_the_order()
    {
        var latencies = new Latencies();
        foreach (var value in Enumerable.Range(0, 1000).Select(i => i * 7 % 1000))
        {
            latencies.Add(value);
        }

        latencies.Percentiles(0, 0.5, 0.99, 0.999, 1).ShouldBe([0, 500, 990, 999, 999]);
    }

    [Fact]
    public void Percentiles_count_what_comes_after_they_were_asked_for()
    {
        var latencies = new Latencies();
        latencies.Add(5);
        latencies.Percentiles(0.5).ShouldBe([5]);
        latencies.Add(1);
        latencies.Add(2);

        latencies.Percentiles(0.5).ShouldBe([2]);
    }

    [Fact]
    public void Percentiles_of_nothing_are_no_number() => new Latencies().Percentiles(0.5)[0].ShouldBe(double.NaN);

    [Fact]
    public async Task An_open_loop_begins_the_next_piece_though_none_has_ended()
    {
        const int Pieces = 50;
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // A loop that waited for an answer would never get to the piece that all the others wait for.
        var loop = OpenLoop.RunAsync(
            500,
            TimeSpan.FromSeconds(Pieces / 500.0),
            (number, _) =>
            {
                if (number == Pieces - 1)
                {
                    last.SetResult();
                }

                return last.Task;
            }
        );

        await loop.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_piece_that_blocks_the_generator_makes_the_following_late_instead_of_moving_them()
    {
        var dues = new List<long>();
        var late = new List<double>();
        var worst = await OpenLoop.RunAsync(
            100,
            TimeSpan.FromMilliseconds(200),
            (number, due) =>
            {
                dues.Add(due);
                late.Add(Stopwatch.GetElapsedTime(due).TotalMilliseconds);
                if (number == 0)
                {
                    SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(due) > TimeSpan.FromMilliseconds(100));
                }

                return Task.CompletedTask;
            }
        );

        dues.Count.ShouldBe(20);
        dues.Zip(dues.Skip(1), (a, b) => Stopwatch.GetElapsedTime(a, b).TotalMilliseconds)
            .ShouldAllBe(apart => Math.Abs(apart - 10) < 0.01);
        // The second was due after 10 ms and could begin after 100.
        late[1].ShouldBeGreaterThanOrEqualTo(90);
        worst.ShouldBeGreaterThanOrEqualTo(90);
    }

    [Fact]
    public async Task A_closed_loop_gives_every_worker_one_piece_at_a_time()
    {
        var busy = new int[3];
        var overlaps = 0;
        var (done, seconds) = await ClosedLoop.RunAsync(
            busy.Length,
            TimeSpan.FromMilliseconds(100),
            async (worker, _) =>
            {
                overlaps += Interlocked.Increment(ref busy[worker]) > 1 ? 1 : 0;
                await Task.Yield();
                Interlocked.Decrement(ref busy[worker]);
            }
        );

        overlaps.ShouldBe(0);
        done.ShouldBeGreaterThan(busy.Length);
        seconds.ShouldBeGreaterThanOrEqualTo(0.1);
    }

    [Fact]
    public void A_ratio_is_the_median_of_the_repetitions_own()
    {
        // In the second repetition something disturbed both sides.
        var ours = new Figure("ours", "events/s", [100, 10, 90]);
        var beside = new Figure("beside", "events/s", [50, 5, 30]);

        Goal.Ratio("ratio", ours, beside, 2).Value.ShouldBe(2);
    }

    [Theory]
    [InlineData(2.0, true, 2.0, true)]
    [InlineData(1.9, true, 2.0, false)]
    [InlineData(2.0, false, 2.0, true)]
    [InlineData(2.1, false, 2.0, false)]
    [InlineData(double.NaN, true, 2.0, false)]
    [InlineData(double.NaN, false, 2.0, false)]
    public void A_goal_is_a_floor_or_a_ceiling(double value, bool atLeast, double wanted, bool reached) =>
        new Goal("goal", value, wanted, atLeast).Reached.ShouldBe(reached);

    [Fact]
    public void What_has_no_goal_is_neither_reached_nor_missed() =>
        new Goal("figure", 1, null, AtLeast: true).Reached.ShouldBeNull();

    [Fact]
    public void Samples_gather_the_repetitions_of_each_figure_in_the_order_of_their_first()
    {
        var samples = new Samples();
        foreach (var value in new[] { 3.0, 1, 2 })
        {
            samples.Add("b", "ms", value);
            samples.Add("a", "s", value * 10);
        }

        samples.Figures.Select(figure => figure.Name).ShouldBe(["b", "a"]);
        samples["a"].Values.ShouldBe([30, 10, 20]);
        (samples["b"].Min, samples["b"].Median, samples["b"].Max).ShouldBe((1, 2, 3));
    }

    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.3, false)]
    public void A_run_is_limited_by_a_generator_that_takes_more_than_all_others(double generator, bool limited)
    {
        var cores = new Dictionary<string, double> { [CpuWatch.Generator] = generator, ["PostgreSQL"] = 0.8 };

        (CpuWatch.Verdict("run", cores) is not null).ShouldBe(limited);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    [InlineData(1234567)]
    public void The_number_of_an_event_is_read_from_its_message(int number)
    {
        BenchEvent.NumberOf(BenchEvent.Of(number).ToJson()).ShouldBe(number);
        BenchEvent.NumberOf(BenchEvent.Message(number).Value).ShouldBe(number);
    }
}
