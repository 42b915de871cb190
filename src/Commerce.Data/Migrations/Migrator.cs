using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Commerce.Data.Connections;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Data.Migrations;

/// <summary>
/// Applies the numbered <c>Schema/NNN_name.sql</c> of every <see cref="SchemaAssembly"/>, each in a transaction of its own and
/// all under one advisory lock, before any hosted service, consumer or HTTP listener starts.
/// </summary>
internal sealed partial class Migrator(
    NpgsqlDataSource database,
    IEnumerable<SchemaAssembly> schemas,
    ILogger<Migrator> logger
) : IHostedLifecycleService
{
    // Any number that nobody else locks in this database.
    private const long LockKey = 0x436f6d6d65726365;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(60);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                await ApplyAsync(cancellationToken);
                return;
            }
            catch (Exception exception)
                when (TransientErrors.Is(exception) && TimeProvider.System.GetElapsedTime(deadline) < Timeout)
            {
                logger.LogWarning("The database does not answer yet: {Reason}", exception.Message);
                await Task.Delay(500, cancellationToken);
            }
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    internal async Task ApplyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await connection.ExecuteAsync("select pg_advisory_lock(@LockKey)", new { LockKey }, commandTimeout: 0);
        try
        {
            await connection.ExecuteAsync(
                """
                create table if not exists schema_migrations (
                  origin     text not null,
                  version    int not null,
                  name       text not null,
                  checksum   text not null,
                  applied_at timestamptz not null default now(),
                  primary key (origin, version)
                )
                """
            );
            foreach (var schema in schemas)
            {
                await ApplyAsync(connection, schema.Assembly, cancellationToken);
            }
        }
        finally
        {
            await connection.ExecuteAsync("select pg_advisory_unlock(@LockKey)", new { LockKey });
        }
    }

    private async Task ApplyAsync(NpgsqlConnection connection, Assembly assembly, CancellationToken cancellationToken)
    {
        var origin = assembly.GetName().Name!;
        var applied = (
            await connection.QueryAsync<(int Version, string Checksum)>(
                "select version, checksum from schema_migrations where origin = @origin",
                new { origin }
            )
        ).ToDictionary(row => row.Version, row => row.Checksum);
        foreach (var script in Scripts(assembly))
        {
            if (applied.TryGetValue(script.Version, out var checksum))
            {
                if (checksum != script.Checksum)
                {
                    throw new InvalidOperationException(
                        $"{origin}: Schema/{script.Name}.sql was changed after it had been applied. Write a new script instead."
                    );
                }

                continue;
            }

            await RunAsync(connection, origin, script, cancellationToken);
            logger.LogInformation("Applied {Origin} {Script}", origin, script.Name);
        }
    }

    [SuppressMessage(
        "Security",
        "CA2100:Review SQL queries for security vulnerabilities",
        Justification = "The text is a script embedded in the assembly."
    )]
    private static async Task RunAsync(
        NpgsqlConnection connection,
        string origin,
        Script script,
        CancellationToken cancellationToken
    )
    {
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await using (var command = new NpgsqlCommand(script.Sql, connection, transaction) { CommandTimeout = 0 })
        {
            await command.ExecuteNonQueryAsync(cancellationToken);
        }

        await connection.ExecuteAsync(
            "insert into schema_migrations (origin, version, name, checksum) values (@origin, @Version, @Name, @Checksum)",
            new
            {
                origin,
                script.Version,
                script.Name,
                script.Checksum,
            },
            transaction
        );
        await transaction.CommitAsync(cancellationToken);
    }

    /// <exception cref="InvalidOperationException">Two scripts have the same number, or a script has none.</exception>
    internal static IReadOnlyList<Script> Scripts(Assembly assembly)
    {
        var scripts = assembly
            .GetManifestResourceNames()
            .Where(name => name.EndsWith(".sql", StringComparison.Ordinal))
            .Where(name => name.Contains(".Schema.", StringComparison.Ordinal))
            .Select(name => Read(assembly, name))
            .OrderBy(script => script.Version)
            .ToList();
        return scripts.DistinctBy(script => script.Version).Count() == scripts.Count
            ? scripts
            : throw new InvalidOperationException(
                $"{assembly.GetName().Name}: two scripts in Schema have the same number."
            );
    }

    private static Script Read(Assembly assembly, string resource)
    {
        var match = NumberedScript().Match(resource);
        if (!match.Success)
        {
            throw new InvalidOperationException($"{resource} is not named Schema/NNN_name.sql.");
        }

        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
        var sql = reader.ReadToEnd().ReplaceLineEndings("\n");
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        return new Script(int.Parse(match.Groups["version"].ValueSpan), match.Groups["name"].Value, sql, checksum);
    }

    [GeneratedRegex(@"\.Schema\.(?<name>(?<version>\d{3})_[a-z0-9_-]+)\.sql$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex NumberedScript();

    internal sealed record Script(int Version, string Name, string Sql, string Checksum);
}
