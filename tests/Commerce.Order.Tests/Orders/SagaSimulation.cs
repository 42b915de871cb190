using Commerce.Contracts.Api;
using Commerce.Order.Orders;
using FsCheck;
using FsCheck.Fluent;
using static Commerce.Order.Tests.Orders.SagaInputs;

namespace Commerce.Order.Tests.Orders;

/// <summary>
/// The whole saga with simple-minded neighbours over a network that reorders, doubles and loses messages until the relay sends
/// them again: wherever it ends, stock and money are where the order says.
/// </summary>
public sealed class SagaSimulation
{
    private const int Worlds = 120_000;

    /// <summary>
    /// What happens in a world, choice by choice: who is next, what is lost, how time passes. Where the choices end, everything
    /// goes well; so fewer choices and zeros are simpler worlds, and a failure shrinks to the shortest story that shows it.
    /// </summary>
    private static readonly Arbitrary<int[]> Choices = Arb.From(Gen.Choose(0, 9_999).ArrayOf().Resize(90), Simpler);

    [Fact]
    public void Stock_and_money_end_where_the_order_says()
    {
        var ends = new Dictionary<OrderStatus, int>();
        var (refunds, losses) = (0, 0);
        Prop.ForAll(
                Choices,
                choices =>
                {
                    var world = new SagaWorld(choices, Decider.Decide);
                    Check(world);
                    ends[world.Order.Status] = ends.GetValueOrDefault(world.Order.Status) + 1;
                    refunds += world.Order.RefundReason is null ? 0 : 1;
                    losses += world.Lost;
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(Worlds).WithQuietOnSuccess(true));

        // The worlds are varied enough to mean something.
        ends.Keys.ShouldBe([OrderStatus.Rejected, OrderStatus.Cancelled, OrderStatus.Delivered], ignoreOrder: true);
        ends.Values.Min().ShouldBeGreaterThan(1_000);
        refunds.ShouldBeInRange(1_000, ends[OrderStatus.Delivered]);
        losses.ShouldBeGreaterThan(Worlds / 2);
    }

    /// <summary>What the simulation is worth: rules with a hole are caught, with a story that a person can read.</summary>
    [Theory]
    [MemberData(nameof(Holes))]
    public void Rules_with_a_hole_are_caught_by_a_short_story(string hole)
    {
        var property = Prop.ForAll(Choices, choices => Check(new SagaWorld(choices, Broken[hole])));

        // Shrinking ends where no single step makes the story simpler, which is a little longer from some worlds than from
        // others; the seeds are given, so that the same worlds are judged each time.
        var lengths = Enumerable.Range(1, 25).Select(seed => LinesOfTheStory(property, (ulong)seed)).Order().ToList();

        lengths[0].ShouldBeGreaterThan(2);
        lengths[lengths.Count / 2].ShouldBeLessThan(20, $"lines: {string.Join(", ", lengths)}");
        lengths[^1].ShouldBeLessThan(40, $"lines: {string.Join(", ", lengths)}");
    }

    public static TheoryData<string> Holes => [.. Broken.Keys];

    private static readonly Dictionary<string, Func<OrderState, object, DateTimeOffset, Decision>> Broken = new(
        StringComparer.Ordinal
    )
    {
        ["money that comes after the end stays"] = (order, input, now) =>
            input is Contracts.Events.PaymentCaptured && order.IsVoid
                ? new Decision(order, [])
                : Decider.Decide(order, input, now),
        ["an order that waits for money in vain is not ended"] = (order, input, now) =>
            input is DeadlineElapsed && order.Status is OrderStatus.StockReserved
                ? new Decision(order with { NextCheckAt = null }, [])
                : Decider.Decide(order, input, now),
        ["a reservation after the end stays"] = (order, input, now) =>
            input is Contracts.Events.StockReserved && order.IsVoid
                ? new Decision(order, [])
                : Decider.Decide(order, input, now),
    };

    private static int LinesOfTheStory(Property property, ulong seed)
    {
        // Neighbouring seeds would give nearly the same worlds: a multiplication by a large odd number spreads them.
        var (state, gamma) = (unchecked(seed * 0x9E3779B97F4A7C15), unchecked(seed * 0xBF58476D1CE4E5B9) | 1);
        var config = Config.QuickThrowOnFailure.WithMaxTest(Worlds).WithQuietOnSuccess(true).WithReplay(state, gamma);
        var failure = Should.Throw<Exception>(() => property.Check(config));
        return failure.ToString().Split('\n').Count(line => line.Contains("  - ", StringComparison.Ordinal));
    }

    private static void Check(SagaWorld world)
    {
        world.RunToTheEnd();
        var order = world.Order;
        var alive = !order.IsVoid;
        order.IsOpen.ShouldBeFalse($"still {order.Status} when nothing happens any more:\n{world.Story}");
        world.StockHeld.ShouldBe(alive, $"boxes held for an order that is {order.Status}:\n{world.Story}");
        (world.Money == "captured").ShouldBe(
            alive && order.RefundReason is null,
            $"{order.Status} {order.Reason} {order.RefundReason}, money {world.Money}:\n{world.Story}"
        );
    }

    private static IEnumerable<int[]> Simpler(int[] choices)
    {
        for (var length = choices.Length; length > 0; length /= 2)
        {
            for (var from = 0; from + length <= choices.Length; from += length)
            {
                yield return [.. choices[..from], .. choices[(from + length)..]];
            }
        }

        for (var i = 0; i < choices.Length; i++)
        {
            if (choices[i] != 0)
            {
                yield return [.. choices[..i], 0, .. choices[(i + 1)..]];
            }
        }
    }
}
