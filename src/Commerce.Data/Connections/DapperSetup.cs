using System.Data;
using Dapper;

namespace Commerce.Data.Connections;

/// <summary>What Dapper has to know about PostgreSQL, once per process.</summary>
internal static class DapperSetup
{
    private static readonly Lock Gate = new();
    private static bool _done;

    public static void Apply()
    {
        lock (Gate)
        {
            if (_done)
            {
                return;
            }

            DefaultTypeMap.MatchNamesWithUnderscores = true;
            // Dapper has types of its own for these that Npgsql refuses; only without them are the handlers asked.
            SqlMapper.RemoveTypeMap(typeof(DateTimeOffset));
            SqlMapper.RemoveTypeMap(typeof(DateOnly));
            SqlMapper.AddTypeHandler(new InstantHandler());
            SqlMapper.AddTypeHandler(new DateHandler());
            _done = true;
        }
    }

    /// <summary><c>timestamptz</c> arrives as a UTC DateTime.</summary>
    private sealed class InstantHandler : SqlMapper.TypeHandler<DateTimeOffset>
    {
        public override DateTimeOffset Parse(object value) =>
            value is DateTimeOffset instant
                ? instant
                : new DateTimeOffset(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc));

        public override void SetValue(IDbDataParameter parameter, DateTimeOffset value) =>
            parameter.Value = value.ToUniversalTime();
    }

    /// <summary><c>date</c> arrives as a DateTime, or as a DateOnly from newer readers.</summary>
    private sealed class DateHandler : SqlMapper.TypeHandler<DateOnly>
    {
        public override DateOnly Parse(object value) =>
            value is DateOnly date ? date : DateOnly.FromDateTime((DateTime)value);

        public override void SetValue(IDbDataParameter parameter, DateOnly value) => parameter.Value = value;
    }
}
