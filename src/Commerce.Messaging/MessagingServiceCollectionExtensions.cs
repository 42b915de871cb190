using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace Commerce.Messaging;

public static class MessagingHostExtensions
{
    /// <summary>
    /// Adds the service's database (a pooled <see cref="Npgsql.NpgsqlDataSource"/> from <c>ConnectionStrings__{databaseName}</c>;
    /// its health check; its migrations: every embedded <c>Schema/NNN_name.sql</c> of <paramref name="schemaAssembly"/>, applied
    /// at start under an advisory lock before anything else runs) and its messaging: outbox, relay and consumers
    /// (broker from <c>ConnectionStrings__kafka</c>).
    /// </summary>
    public static IHostApplicationBuilder AddMessaging(
        this IHostApplicationBuilder builder,
        string databaseName,
        System.Reflection.Assembly schemaAssembly,
        MessagingBuilder messaging
    )
    {
        throw new NotSupportedException("being built");
    }

    /// <summary>
    /// Maps <c>GET /dead-letters</c>, <c>POST /dead-letters/{id}/redrive</c> and <c>GET /messaging</c>, all under
    /// <paramref name="adminPolicy"/>.
    /// </summary>
    public static IEndpointRouteBuilder MapMessaging(this IEndpointRouteBuilder endpoints, string adminPolicy)
    {
        throw new NotSupportedException("being built");
    }
}
