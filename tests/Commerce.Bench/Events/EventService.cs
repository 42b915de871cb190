using System.Text.Json;
using Commerce.Bench.Processes;
using Commerce.Data;
using Commerce.Messaging;
using Commerce.Messaging.Consumers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Commerce.Bench.Events;

/// <param name="Consumes">Whether it reads <see cref="BenchEvent.Topic"/>; otherwise it publishes there.</param>
/// <param name="BatchSize">Null: as the platform has it.</param>
internal sealed record EventServiceOptions(string Database, string Kafka, bool Consumes, int? BatchSize = null);

/// <summary>A service with the platform's messaging in it and nothing else: relay and, if asked for, a consumer.</summary>
internal sealed class EventService : IRole
{
    public const string Role = "event-service";
    private readonly IHost _host;

    private EventService(IHost host) => _host = host;

    public string Said => "ready";

    public static async Task<IRole> StartAsync(string json)
    {
        var host = Build(JsonSerializer.Deserialize<EventServiceOptions>(json)!);
        await host.StartAsync();
        return new EventService(host);
    }

    /// <summary>Not started: for whoever only writes into the outbox.</summary>
    public static IHost Build(EventServiceOptions options)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.TimestampFormat = "HH:mm:ss.fff ");
        // What this process says first is for the bench.
        builder.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(
            new Dictionary<string, string?>(StringComparer.Ordinal)
            {
                ["ConnectionStrings:bench"] = options.Database,
                ["ConnectionStrings:kafka"] = options.Kafka,
                ["Messaging:Broker"] = "Embedded",
            }
        );
        // A key without a value would set it to nothing.
        if (options.BatchSize is { } size)
        {
            builder.Configuration["Messaging:BatchSize"] = size.ToString();
        }

        var messaging = new MessagingBuilder
        {
            Source = BenchEvent.Source,
            Topic = options.Consumes ? BenchEvent.ResultTopic : BenchEvent.Topic,
            EventTypes = new Dictionary<Type, string> { [typeof(BenchEvent)] = BenchEvent.Type },
            Json = BenchJson.Default,
        };
        if (options.Consumes)
        {
            messaging.Consume(
                "bench.reader",
                events => events.From(BenchEvent.Topic).On<BenchEvent, AnsweringHandler>()
            );
        }

        builder.AddDatabase("bench", typeof(EventService).Assembly);
        builder.AddMessaging("bench", messaging);
        return builder.Build();
    }

    public async ValueTask DisposeAsync()
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _host.StopAsync(bound.Token);
        _host.Dispose();
    }

    /// <summary>Does nothing of its own: one event comes of each, as in most steps of a saga.</summary>
    private sealed class AnsweringHandler : IEventHandler<BenchEvent>
    {
        public Task HandleAsync(
            IReadOnlyList<IncomingEvent<BenchEvent>> events,
            EventBatch batch,
            CancellationToken cancellationToken
        )
        {
            foreach (var incoming in events)
            {
                batch.Publish(incoming.Subject, incoming.Input, incoming.Event);
            }

            return Task.CompletedTask;
        }
    }
}
