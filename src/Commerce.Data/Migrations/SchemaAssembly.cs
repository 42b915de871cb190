using System.Reflection;

namespace Commerce.Data.Migrations;

/// <summary>An assembly with embedded migrations, <c>Schema/NNN_name.sql</c>. They are applied in the order of registration.</summary>
public sealed record SchemaAssembly(Assembly Assembly);
