using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting
{
    /// <summary>A resource that others find by its name.</summary>
    public interface IResourceWithServiceDiscovery : IResourceWithEndpoints;

    /// <summary>A Kafka broker.</summary>
    public class KafkaServerResource : ContainerResource, IResourceWithConnectionString
    {
        /// <summary>A broker of that name.</summary>
        public KafkaServerResource(string name)
            : base(name) => PrimaryEndpoint = new EndpointReference(this, "tcp");

        /// <summary>What clients connect to.</summary>
        public EndpointReference PrimaryEndpoint { get; }

        /// <summary>Bootstrap servers: <c>host:port</c>.</summary>
        public ReferenceExpression ConnectionStringExpression =>
            ReferenceExpression.Create(
                $"{PrimaryEndpoint.Property(EndpointProperty.Host)}:{PrimaryEndpoint.Property(EndpointProperty.Port)}"
            );

        /// <inheritdoc />
        public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
            PrimaryEndpoint.HostAndPortProperties();
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>A PostgreSQL server.</summary>
    public class PostgresServerResource : ContainerResource, IResourceWithConnectionString
    {
        internal const string UserName = "postgres";

        /// <summary>A server whose superuser has that password.</summary>
        public PostgresServerResource(string name, ParameterResource password)
            : base(name)
        {
            PasswordParameter = password;
            PrimaryEndpoint = new EndpointReference(this, "tcp");
        }

        /// <summary>What clients connect to.</summary>
        public EndpointReference PrimaryEndpoint { get; }

        /// <summary>The superuser's password.</summary>
        public ParameterResource PasswordParameter { get; }

        /// <summary>Npgsql form, without a database.</summary>
        public ReferenceExpression ConnectionStringExpression =>
            ReferenceExpression.Create($"Host={Host};Port={Port};Username={UserName};Password={PasswordParameter}");

        internal EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

        internal EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

        /// <inheritdoc />
        public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
            [
                .. PrimaryEndpoint.HostAndPortProperties(),
                new("USERNAME", ReferenceExpression.Create($"{UserName}")),
                new("PASSWORD", ReferenceExpression.Create($"{PasswordParameter}")),
                new(
                    "URI",
                    ReferenceExpression.Create($"postgresql://{UserName}:{PasswordParameter:uri}@{Host}:{Port}")
                ),
                new("JDBCCONNECTIONSTRING", ReferenceExpression.Create($"jdbc:postgresql://{Host}:{Port}/")),
            ];
    }

    /// <summary>A database of a PostgreSQL server.</summary>
    public class PostgresDatabaseResource(
        string name,
        string databaseName,
        PostgresServerResource postgresParentResource
    ) : Resource(name), IResourceWithParent<PostgresServerResource>, IResourceWithConnectionString
    {
        /// <summary>Its name in the server.</summary>
        public string DatabaseName { get; } = databaseName;

        /// <summary>The server.</summary>
        public PostgresServerResource Parent { get; } = postgresParentResource;

        /// <summary>Npgsql form.</summary>
        public ReferenceExpression ConnectionStringExpression =>
            ReferenceExpression.Create($"{Parent};Database={DatabaseName}");

        /// <inheritdoc />
        public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties()
        {
            var user = PostgresServerResource.UserName;
            return
            [
                .. Parent.PrimaryEndpoint.HostAndPortProperties(),
                new("USERNAME", ReferenceExpression.Create($"{user}")),
                new("PASSWORD", ReferenceExpression.Create($"{Parent.PasswordParameter}")),
                new(
                    "URI",
                    ReferenceExpression.Create(
                        $"postgresql://{user}:{Parent.PasswordParameter:uri}@{Parent.Host}:{Parent.Port}/{DatabaseName}"
                    )
                ),
                new(
                    "JDBCCONNECTIONSTRING",
                    ReferenceExpression.Create($"jdbc:postgresql://{Parent.Host}:{Parent.Port}/{DatabaseName}")
                ),
                new("DATABASENAME", ReferenceExpression.Create($"{DatabaseName}")),
            ];
        }
    }

    /// <summary>A Redis server.</summary>
    public class RedisResource : ContainerResource, IResourceWithConnectionString
    {
        /// <summary>A server with that password.</summary>
        public RedisResource(string name, ParameterResource password)
            : base(name, "/bin/sh")
        {
            PasswordParameter = password;
            PrimaryEndpoint = new EndpointReference(this, "tcp");
            TlsSuffix = new RedisTlsSuffix(name);
        }

        /// <summary>What clients connect to.</summary>
        public EndpointReference PrimaryEndpoint { get; }

        /// <summary>Password of the default user.</summary>
        public ParameterResource? PasswordParameter { get; }

        /// <summary>StackExchange.Redis form.</summary>
        public ReferenceExpression ConnectionStringExpression =>
            ReferenceExpression.Create($"{Host}:{Port},password={PasswordParameter!}{TlsSuffix}");

        internal RedisTlsSuffix TlsSuffix { get; }

        private EndpointReferenceExpression Host => PrimaryEndpoint.Property(EndpointProperty.Host);

        private EndpointReferenceExpression Port => PrimaryEndpoint.Property(EndpointProperty.Port);

        /// <inheritdoc />
        public IEnumerable<KeyValuePair<string, ReferenceExpression>> GetConnectionProperties() =>
            [
                .. PrimaryEndpoint.HostAndPortProperties(),
                new("PASSWORD", ReferenceExpression.Create($"{PasswordParameter!}")),
                new(
                    "URI",
                    ReferenceExpression.Create(
                        $"{PrimaryEndpoint.Property(EndpointProperty.Scheme)}://:{PasswordParameter!:uri}@{Host}:{Port}"
                    )
                ),
            ];
    }

    /// <summary>
    /// What Aspire appends to the connection string when it turns TLS on: in a manifest an entry of its own, empty there
    /// as here, whose name ends in a hash of the condition (this one: of a resource named redis).
    /// </summary>
    internal sealed class RedisTlsSuffix(string redis) : IExpressionValue
    {
        public string Name { get; } = $"cond-{redis}-bindings-tcp-tlsenabled-d148d83a";

        public string ValueExpression => $"{{{Name}.connectionString}}";

        public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default) => new(string.Empty);
    }

    internal static class EndpointProperties
    {
        public static IEnumerable<KeyValuePair<string, ReferenceExpression>> HostAndPortProperties(
            this EndpointReference endpoint
        ) =>
            [
                new("HOST", ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Host)}")),
                new("PORT", ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.Port)}")),
            ];
    }
}
