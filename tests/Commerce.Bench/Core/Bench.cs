namespace Commerce.Bench.Core;

/// <summary>How long and how often.</summary>
/// <param name="Repetitions">Interleaved: ours, beside, ours, beside …</param>
internal sealed record BenchSettings(int Repetitions, TimeSpan Duration, int Circuits, int Fruits)
{
    public static BenchSettings Full { get; } = new(3, TimeSpan.FromSeconds(15), 500, 200);

    /// <summary>For whoever changes a bench: everything once, briefly. Its figures mean little.</summary>
    public static BenchSettings Quick { get; } = new(1, TimeSpan.FromSeconds(4), 40, 50);
}

/// <summary>One of the things that <c>./commerce bench</c> measures.</summary>
internal interface IBench
{
    /// <summary>As on the command line.</summary>
    string Name { get; }

    Task<BenchResult> RunAsync(BenchSettings settings);
}
