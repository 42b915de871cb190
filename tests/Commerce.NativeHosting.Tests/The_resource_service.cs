using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using Commerce.NativeHosting.Control;
using Commerce.NativeHosting.Dashboard;
using Commerce.NativeHosting.Dashboard.Wire;
using Commerce.NativeHosting.Engine;
using Commerce.NativeHosting.Processes;
using Google.Protobuf;

namespace Commerce.NativeHosting.Tests;

/// <summary>Speaks to the resource service as the dashboard does: gRPC over HTTP/2 without TLS.</summary>
public sealed class The_resource_service : IAsyncLifetime
{
    private readonly Home _home = new();
    private readonly HttpClient _http = new() { DefaultRequestVersion = HttpVersion.Version20 };
    private ControlServer _server = null!;
    private PlatformResource _resource = null!;

    public async Task InitializeAsync()
    {
        var log = new ResourceLog(_home.Paths.Logs, "order");
        var workload = new HttpWorkload(
            _ => Task.FromResult(new ProcessSpec("sh", ["-c", "echo first words; sleep 600"])),
            probe: null,
            log
        );
        _resource = new PlatformResource("order", "order", Kinds.Project, new Supervisor(workload, new(), log), log)
        {
            DashboardName = "order-1",
        };
        _http.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        _server = await ControlServer.StartAsync(() => { });
        _server.Serve([_resource], new Dictionary<string, string>());
    }

    public async Task DisposeAsync()
    {
        await _resource.Supervisor.EndAsync(TimeSpan.FromSeconds(2));
        _resource.Supervisor.Dispose();
        _http.Dispose();
        await _server.DisposeAsync();
        _resource.Log.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task A_stranger_is_refused()
    {
        using var answer = await CallAsync("GetApplicationInformation", new ResourceCommandRequest(), key: "guess");
        await answer.Content.ReadAsByteArrayAsync();

        answer.TrailingHeaders.GetValues("grpc-status").ShouldBe(["16"]);
    }

    [Fact]
    public async Task The_dashboard_sees_a_waiting_resource_and_then_its_changes()
    {
        using var answer = await CallAsync("WatchResources", new ResourceCommandRequest());
        await using var stream = await answer.Content.ReadAsStreamAsync();

        var waiting = (await ReadAsync(stream, WatchResourcesUpdate.Parser)).InitialData.Resources.Single();
        _resource.Supervisor.Begin(Task.CompletedTask);
        Resource running;
        do
        {
            running = (await ReadAsync(stream, WatchResourcesUpdate.Parser)).Changes.Value.Single().Upsert;
        } while (running.HealthReports.Single().HasStatus is false);

        waiting.ShouldSatisfyAllConditions(
            () => waiting.Name.ShouldBe("order-1"),
            () => waiting.DisplayName.ShouldBe("order"),
            () => waiting.State.ShouldBe("Waiting"),
            // Without it the dashboard drops the whole list.
            () => waiting.CreatedAt.ShouldNotBeNull()
        );
        running.State.ShouldBe("Running");
        running.HealthReports.Single().Status.ShouldBe(HealthStatus.Healthy);
        running
            .Commands.Select(command => (command.Name, command.State))
            .ShouldBe([
                (ResourceView.Start, ResourceCommandState.Hidden),
                (ResourceView.Stop, ResourceCommandState.Enabled),
                (ResourceView.Restart, ResourceCommandState.Enabled),
            ]);
    }

    [Fact]
    public async Task The_dashboard_follows_a_log_and_stops_a_resource()
    {
        _resource.Supervisor.Begin(Task.CompletedTask);
        using var logs = await CallAsync(
            "WatchResourceConsoleLogs",
            new WatchResourceConsoleLogsRequest { ResourceName = "order-1" }
        );
        await using var stream = await logs.Content.ReadAsStreamAsync();
        (await ReadAsync(stream, WatchResourceConsoleLogsUpdate.Parser)).LogLines.Single().Text.ShouldBe("first words");
        _resource.Log.Write("more");
        (await ReadAsync(stream, WatchResourceConsoleLogsUpdate.Parser)).LogLines.Single().LineNumber.ShouldBe(2);

        await _resource.Supervisor.FirstHealthy;
        using var stop = await CallAsync(
            "ExecuteResourceCommand",
            new ResourceCommandRequest { ResourceName = "order-1", CommandName = ResourceView.Stop }
        );
        await using var answer = await stop.Content.ReadAsStreamAsync();

        (await ReadAsync(answer, ResourceCommandResponse.Parser)).Kind.ShouldBe(ResourceCommandResponseKind.Succeeded);
        _resource.Supervisor.Status.Pid.ShouldBeNull();
    }

    private async Task<HttpResponseMessage> CallAsync(string method, IMessage message, string? key = null)
    {
        var body = message.ToByteArray();
        var frame = new byte[5 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), body.Length);
        body.CopyTo(frame, 5);
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            $"{_server.ResourceServiceUrl}/aspire.v1.DashboardService/{method}"
        )
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(frame),
        };
        request.Headers.Add("x-resource-service-api-key", key ?? _server.ResourceServiceKey);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    private static async Task<T> ReadAsync<T>(Stream stream, MessageParser<T> parser)
        where T : IMessage<T>
    {
        using var bound = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var head = new byte[5];
        await stream.ReadExactlyAsync(head, bound.Token);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1))];
        await stream.ReadExactlyAsync(body, bound.Token);
        return parser.ParseFrom(body);
    }
}
