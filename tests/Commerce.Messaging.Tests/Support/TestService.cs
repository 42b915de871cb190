using System.Diagnostics;
using System.Security.Claims;
using Commerce.Data;
using Commerce.Messaging.Outbox;
using Commerce.Messaging.Relay;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Commerce.Messaging.Tests.Support;

/// <summary>What a service under test is started with; also the command line of a worker process.</summary>
public sealed record TestServiceOptions(string Database, string Kafka, string Topic)
{
    /// <summary>Null: none. The handler is <see cref="NoteHandler"/>, on <see cref="Topic"/>.</summary>
    public string? Consumer { get; init; }

    public Dictionary<string, string?> Settings { get; init; } = [];

    /// <summary>Worker processes: ms that the handler waits in its transaction before the commit.</summary>
    public int HandlerDelayMs { get; init; }

    /// <summary>Worker processes: SIGKILL for itself as soon as a handler's transaction is committed.</summary>
    public bool DieAfterCommit { get; init; }
}

/// <summary>A service with the real messaging in it.</summary>
public sealed class TestService : IAsyncDisposable
{
    /// <summary>Whose requests all are, under the name 관리자.</summary>
    public static readonly Guid AdminId = Guid.NewGuid();

    private readonly WebApplication _app;

    private TestService(WebApplication app, TestServiceOptions options) => (_app, Options) = (app, options);

    public TestServiceOptions Options { get; }

    public Instructions Instructions => _app.Services.GetRequiredService<Instructions>();

    public NpgsqlDataSource Database => _app.Services.GetRequiredService<NpgsqlDataSource>();

    internal RelayState Relay => _app.Services.GetRequiredService<RelayState>();

    public IServiceProvider Services => _app.Services;

    public HttpClient CreateClient() => new() { BaseAddress = new Uri(_app.Urls.First()) };

    public static async Task<TestService> StartAsync(TestServiceOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (Environment.GetEnvironmentVariable("MESSAGING_TEST_LOG") is { } level)
        {
            builder.Logging.AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss.fff ");
            builder.Logging.SetMinimumLevel(Enum.Parse<LogLevel>(level));
            builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        }

        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["ConnectionStrings:testdb"] = options.Database,
                ["ConnectionStrings:kafka"] = options.Kafka,
                ["Messaging:Broker"] = "Embedded",
            }
        );
        builder.Configuration.AddInMemoryCollection(options.Settings);
        var messaging = new MessagingBuilder
        {
            Source = "/test/" + options.Topic,
            Topic = options.Topic,
            EventTypes = new Dictionary<Type, string>
            {
                [typeof(Note)] = "test.note.v1",
                [typeof(Echo)] = "test.echo.v1",
            },
            Json = NoteJson.Default,
        };
        if (options.Consumer is { } consumer)
        {
            messaging.Consume(consumer, notes => notes.From(options.Topic).On<Note, NoteHandler>());
        }

        builder.Services.AddSingleton<Instructions>();
        builder.Services.AddAuthorizationBuilder().AddPolicy("admin", policy => policy.RequireAssertion(_ => true));
        builder.AddDatabase("testdb", typeof(TestService).Assembly);
        builder.AddMessaging("testdb", messaging);
        var app = builder.Build();
        app.Use(
            (context, next) =>
            {
                var claims = new[] { new Claim("sub", AdminId.ToString()), new Claim("name", "관리자") };
                context.User = new ClaimsPrincipal(new ClaimsIdentity(claims, "test"));
                return next(context);
            }
        );
        app.MapDatabase("admin");
        app.MapMessaging("admin");
        app.MapHealthChecks("/health");
        if (options.HandlerDelayMs > 0)
        {
            app.Services.GetRequiredService<Instructions>().BeforeCommit = (_, token) =>
                Task.Delay(options.HandlerDelayMs, token);
        }

        if (options.DieAfterCommit)
        {
            app.Services.GetRequiredService<Instructions>().AfterCommit = static async () =>
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
                await Task.Delay(Timeout.Infinite);
            };
        }

        await app.StartAsync();
        return new TestService(app, options);
    }

    /// <summary>Writes notes for one subject in one transaction.</summary>
    public Task PublishAsync(Guid subject, params Note[] notes) =>
        PublishAsync([.. notes.Select(note => new OutgoingEvent(subject, note))]);

    public async Task PublishAsync(IReadOnlyCollection<OutgoingEvent> events, bool commit = true)
    {
        await using var connection = await Database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await Services.GetRequiredService<IOutbox>().AppendAsync(transaction, events);
        if (commit)
        {
            await transaction.CommitAsync();
        }
    }

    /// <summary>The numbers that the handler got for a subject, in its order.</summary>
    public async Task<IReadOnlyList<int>> SeenAsync(Guid subject)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return
        [
            .. await connection.QueryAsync<int>(
                "select number from seen where subject = @subject order by position",
                new { subject }
            ),
        ];
    }

    public async Task<T> ScalarAsync<T>(string sql, object? parameters = null)
    {
        await using var connection = await Database.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, parameters))!;
    }

    public async ValueTask DisposeAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _app.StopAsync(bound.Token);
        await _app.DisposeAsync();
    }
}
