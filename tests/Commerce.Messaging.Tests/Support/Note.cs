using System.Text.Json.Serialization;

namespace Commerce.Messaging.Tests.Support;

/// <summary>The event of these tests.</summary>
/// <param name="Number">Counts up per subject.</param>
/// <param name="Text">Makes the handler do things; see <see cref="NoteHandler"/>.</param>
public sealed record Note(int Number, string? Text = null);

/// <summary>Published, and nobody subscribes to it.</summary>
public sealed record Echo(int Number);

[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Echo))]
internal sealed partial class NoteJson : JsonSerializerContext;
