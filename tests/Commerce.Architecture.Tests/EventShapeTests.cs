using System.Reflection;
using System.Text.Json;
using Commerce.Contracts;

namespace Commerce.Architecture.Tests;

/// <summary>
/// Published events are forever: old ones lie in outboxes and on brokers. A field may be added at the end; everything else
/// is a new <c>.vN</c>. The snapshot beside this file says what is out there.
/// </summary>
public sealed class EventShapeTests
{
    [Fact]
    public void Events_have_the_shapes_of_the_snapshot()
    {
        var shapes = EventTypes
            .Names.OrderBy(entry => entry.Value, StringComparer.Ordinal)
            .Select(entry => $"{entry.Value} {ShapeOf(entry.Key)}");
        var snapshot = Checkout.Lines("tests/Commerce.Architecture.Tests/EventShapes.txt");

        shapes.ShouldBe(snapshot);
    }

    [Fact]
    public void Every_event_record_has_a_type_name_and_generated_json()
    {
        var records = typeof(EventTypes)
            .Assembly.GetTypes()
            .Where(type => type.Namespace == "Commerce.Contracts.Events" && EndsAsEvent(type));

        foreach (var type in records)
            EventTypes.Names.ShouldContainKey(type);
        foreach (var (type, name) in EventTypes.Names)
        {
            ContractsJson.Default.GetTypeInfo(type).ShouldNotBeNull(name);
            name.ShouldMatch(@"^commerce\.[a-z]+\.[a-z-]+\.v\d+$");
        }
    }

    private static bool EndsAsEvent(Type type) =>
        type is { IsAbstract: false, IsClass: true } && type.Name is not ("OrderLine" or "FruitSnapshot");

    private static string ShapeOf(Type type) =>
        "{"
        + string.Join(
            ", ",
            type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Select(property =>
                    $"{JsonNamingPolicy.CamelCase.ConvertName(property.Name)}: {NameOf(property.PropertyType)}"
                )
        )
        + "}";

    private static string NameOf(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return NameOf(underlying) + "?";
        if (type.IsGenericType)
            return $"[{NameOf(type.GetGenericArguments()[0])}]";
        return type.Namespace == "Commerce.Contracts.Events" ? ShapeOf(type) : type.Name;
    }
}
