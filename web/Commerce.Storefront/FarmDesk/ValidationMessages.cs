using System.Globalization;
using Commerce.Contracts.Api;
using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.FarmDesk;

/// <summary>Catalog's reasons in the visitor's language.</summary>
internal static class ValidationMessages
{
    public static string Of(IStringLocalizer texts, FruitProblem problem) =>
        texts[KeyOf(problem), Number(problem.Min), Number(problem.Max)];

    /// <summary>What is implausible is told by what it is; everything else by the rule alone.</summary>
    public static string KeyOf(FruitProblem problem) =>
        problem.Rule is FruitRules.Implausible ? $"rule.{problem.Rule}.{problem.Field}" : $"rule.{problem.Rule}";

    private static string Number(decimal? value) => value?.ToString("#,0.##", CultureInfo.InvariantCulture) ?? "";
}
