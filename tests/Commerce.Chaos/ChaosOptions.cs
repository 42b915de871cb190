using System.Globalization;

namespace Commerce.Chaos;

/// <summary>What one run does; the same seed gives the same orders and the same faults in the same order.</summary>
internal sealed record ChaosOptions
{
    public int Seed { get; init; } = 1;

    public int Orders { get; init; } = 200;

    /// <summary>Faults to inject, by name; empty: every kind once, in an order that the seed gives.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];

    /// <summary>How many kinds of faults, when none are named; which ones, the seed chooses. Null: every kind.</summary>
    public int? Kinds { get; init; }

    /// <summary>A soak: faults and orders, <see cref="Orders"/> beside each fault, for so long, and nothing may grow. Null: once through.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>How long the platform may take to come to rest after the last fault.</summary>
    public TimeSpan QuietWithin { get; init; } = TimeSpan.FromMinutes(4);

    /// <summary>Null and the reason when the arguments say nothing that can be run.</summary>
    public static ChaosOptions? Parse(string[] args, out string problem)
    {
        problem = "";
        var options = new ChaosOptions();
        for (var i = 0; i < args.Length; i += 2)
        {
            var value = i + 1 < args.Length ? args[i + 1] : "";
            var number = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed);
            options = args[i] switch
            {
                "--seed" when number => options with { Seed = parsed },
                "--orders" when number && parsed is >= 1 and <= 100_000 => options with { Orders = parsed },
                "--faults" when value.Length > 0 => options with { Faults = value.Split(',') },
                "--kinds" when number && parsed >= 1 => options with { Kinds = parsed },
                "--minutes" when number && parsed >= 1 => options with { For = TimeSpan.FromMinutes(parsed) },
                _ => null!,
            };
            if (options is null)
            {
                problem =
                    $"{args[i]} {value}: known are --seed N, --orders N (1–100000), --faults A,B, --kinds N, --minutes N. "
                    + $"Faults: {string.Join(", ", Chaos.Faults.All.Keys)}";
                return null;
            }
        }

        if (options.Faults.FirstOrDefault(name => !Chaos.Faults.All.ContainsKey(name)) is { } unknown)
        {
            problem = $"There is no fault {unknown}. Faults: {string.Join(", ", Chaos.Faults.All.Keys)}";
            return null;
        }

        return options;
    }
}
