using System.Collections;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Commerce.Contracts;

namespace Commerce.Architecture.Tests;

/// <summary>
/// While an upgrade rolls, the old and the new version of a service work side by side: on the same events and on the same
/// tables. An old reader passes over what it does not know, a new reader does without what is not there yet, and a migration
/// takes nothing away that the version before it uses.
/// </summary>
public sealed partial class UpgradeTests
{
    public static TheoryData<string> Events => [.. EventTypes.Names.Values];

    [Theory]
    [MemberData(nameof(Events))]
    public void An_old_reader_passes_over_fields_that_a_newer_writer_added(string name)
    {
        var (type, before) = Written(name);
        var newer = JsonNode.Parse(before)!;
        AddAField(newer);

        var read = JsonSerializer.Deserialize(newer.ToJsonString(), ContractsJson.Default.GetTypeInfo(type)!);

        JsonSerializer.Serialize(read, ContractsJson.Default.GetTypeInfo(type)!).ShouldBe(before);
    }

    [Theory]
    [MemberData(nameof(Events))]
    public void A_new_reader_does_without_optional_fields_that_an_older_writer_did_not_know(string name)
    {
        var (type, written) = Written(name);
        var nullability = new NullabilityInfoContext();
        foreach (
            var property in type.GetProperties()
                .Where(p => nullability.Create(p).WriteState is NullabilityState.Nullable)
        )
        {
            var older = JsonNode.Parse(written)!.AsObject();
            older.Remove(JsonNamingPolicy.CamelCase.ConvertName(property.Name));

            var read = JsonSerializer.Deserialize(older.ToJsonString(), ContractsJson.Default.GetTypeInfo(type)!);

            property.GetValue(read).ShouldBeNull($"{name} without {property.Name}");
        }
    }

    /// <summary>From before anything was released: no version without that column was ever in use.</summary>
    private static readonly string[] Unreleased = ["002_measured.sql"];

    [Fact]
    public void A_migration_leaves_the_version_before_it_working()
    {
        var later = Checkout
            .ProductFiles(".sql")
            .Where(file => file.Contains("/Schema/", StringComparison.Ordinal))
            .Where(file => !Path.GetFileName(file).StartsWith("001_", StringComparison.Ordinal))
            .Where(file => !Unreleased.Contains(Path.GetFileName(file)))
            .ToList();

        later.Count.ShouldBeGreaterThan(5);
        foreach (var file in later)
        {
            var sql = Comment().Replace(File.ReadAllText(Path.Combine(Checkout.Root, file)), "");
            Breaks().Matches(sql).Select(m => m.Value).ShouldBeEmpty(file);
        }
    }

    [Theory]
    [InlineData("alter table fruits drop column name;", true)]
    [InlineData("drop table fruits;", true)]
    [InlineData("alter table fruits rename column name to title;", true)]
    [InlineData("alter table fruits alter column price type numeric;", true)]
    [InlineData("alter table fruits alter price set not null;", true)]
    [InlineData("alter table fruits add column farm uuid not null;", true)]
    [InlineData("alter table fruits add column sold int not null default 0;", false)]
    [InlineData("alter table fruits add column story text;", false)]
    [InlineData("create table farms (id uuid primary key, name text not null); drop index old;", false)]
    public void The_rule_knows_what_breaks_the_version_before(string sql, bool breaks) =>
        Breaks().IsMatch(sql).ShouldBe(breaks, sql);

    private static (Type Type, string Json) Written(string name)
    {
        var type = EventTypes.Names.Single(entry => entry.Value == name).Key;
        return (type, JsonSerializer.Serialize(Make(type), ContractsJson.Default.GetTypeInfo(type)!));
    }

    /// <summary>An event with something in every field, however deep.</summary>
    private static object? Make(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Make(underlying);
        }

        if (type == typeof(string))
        {
            return "text";
        }

        if (type == typeof(Guid))
        {
            return Guid.Parse("01970000-0000-7000-8000-000000000001");
        }

        if (type == typeof(DateTimeOffset))
        {
            return new DateTimeOffset(2026, 11, 21, 9, 0, 0, TimeSpan.Zero);
        }

        if (type == typeof(DateOnly))
        {
            return new DateOnly(2026, 11, 21);
        }

        if (type.IsEnum || type.IsPrimitive || type == typeof(decimal))
        {
            return type.IsEnum ? Enum.GetValues(type).GetValue(0) : Convert.ChangeType(1, type, null);
        }

        if (type.IsGenericType && type.IsAssignableTo(typeof(IEnumerable)))
        {
            var element = type.GetGenericArguments()[0];
            var list = Array.CreateInstance(element, 1);
            list.SetValue(Make(element), 0);
            return list;
        }

        var constructor = type.GetConstructors().MaxBy(c => c.GetParameters().Length)!;
        return constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType))]);
    }

    private static void AddAField(JsonNode? node)
    {
        if (node is JsonObject thing)
        {
            foreach (var (_, value) in thing)
            {
                AddAField(value);
            }

            thing["laterField"] = JsonNode.Parse("""{"deep": [1, "two"]}""");
        }
        else if (node is JsonArray list)
        {
            foreach (var value in list)
            {
                AddAField(value);
            }
        }
    }

    [GeneratedRegex("--[^\n]*", RegexOptions.None, 1000)]
    private static partial Regex Comment();

    // A column that must have a value has a default: the version before does not write it.
    [GeneratedRegex(
        @"\bdrop\s+(table|column)\b|\brename\s+(to|column)\b|\balter\s+(column\s+)?\w+\s+(set\s+data\s+)?type\b"
            + @"|\bset\s+not\s+null\b|\badd\s+(column\s+)?(?!constraint)[^,;]*\bnot\s+null\b(?![^,;]*\bdefault\b)(?<!\bdefault\b[^,;]*)",
        RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Breaks();
}
