using System.Data;
using Dapper;

namespace Commerce.Order;

/// <summary>How Dapper reads columns into records: snake_case to PascalCase, timestamptz to UTC <see cref="DateTimeOffset"/>.</summary>
internal static class Columns
{
    public static void Configure()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        SqlMapper.AddTypeHandler(new UtcHandler());
    }

    private sealed class UtcHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) => new((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUniversalTime();
    }
}
