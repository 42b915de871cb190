using Commerce.Contracts.Api;

namespace Commerce.Chaos;

/// <summary>What buyers want: the same random numbers give the same wishes.</summary>
internal static class Wishes
{
    public static List<Wish> Make(Random random, int orders, IReadOnlyList<Guid> fruits, int buyers) =>
        [
            .. Enumerable
                .Range(1, orders)
                .Select(number => new Wish(
                    number,
                    random.Next(buyers),
                    Behave(random.Next(100)),
                    [
                        .. fruits
                            .OrderBy(_ => random.Next())
                            .Take(random.Next(1, 3))
                            .Select(fruit => new PlaceOrderItem(fruit, random.Next(1, 3))),
                    ]
                )),
        ];

    private static Behaviour Behave(int percent) =>
        percent switch
        {
            < 8 => Behaviour.Decline,
            < 14 => Behaviour.Timeout,
            < 17 => Behaviour.Slow,
            < 21 => Behaviour.Flaky,
            < 28 => Behaviour.SubmitTwice,
            < 38 => Behaviour.Cancel,
            _ => Behaviour.Buy,
        };
}
