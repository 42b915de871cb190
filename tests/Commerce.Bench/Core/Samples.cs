namespace Commerce.Bench.Core;

/// <summary>What the repetitions of a bench have measured so far, in the order in which the figures first came up.</summary>
internal sealed class Samples
{
    private readonly List<(string Name, string Unit, List<double> Values)> _figures = [];

    public void Add(string name, string unit, double value)
    {
        var known = _figures.FirstOrDefault(figure => figure.Name == name);
        if (known.Values is null)
        {
            known = (name, unit, []);
            _figures.Add(known);
        }

        known.Values.Add(value);
    }

    /// <exception cref="InvalidOperationException">Nothing was measured under this name.</exception>
    public Figure this[string name] => Figures.First(figure => figure.Name == name);

    public IReadOnlyList<Figure> Figures =>
        [.. _figures.Select(figure => new Figure(figure.Name, figure.Unit, figure.Values))];
}
