using System.Net.Sockets;
using Npgsql;

namespace Commerce.Data.Connections;

/// <summary>Tells trouble of the database, which passes, from trouble with a message, which stays.</summary>
public static class TransientErrors
{
    public static bool Is(Exception? exception) =>
        exception switch
        {
            null => false,
            PostgresException postgres => IsTransient(postgres.SqlState),
            NpgsqlException => true,
            SocketException or IOException or TimeoutException => true,
            AggregateException many => many.InnerExceptions.Any(Is),
            _ => Is(exception.InnerException),
        };

    // Connection lost, serialization failure and deadlock, out of resources, shutdown and start, lock not available,
    // read-only after a failover.
    private static bool IsTransient(string state) =>
        state.StartsWith("08", StringComparison.Ordinal)
        || state.StartsWith("40", StringComparison.Ordinal)
        || state.StartsWith("53", StringComparison.Ordinal)
        || state is "57014" or "57P01" or "57P02" or "57P03" or "57P05" or "55P03" or "25006" or "58000" or "58030";
}
