using Commerce.Messaging.Consumers;
using Commerce.Messaging.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Tests.Consumers;

/// <summary>A consumer that tries for ever says so.</summary>
public sealed class ConsumerProgressTests
{
    [Fact]
    public async Task A_consumer_that_cannot_get_on_degrades_health_until_it_can()
    {
        var options = await Servers.NewServiceAsync() with
        {
            Settings = new() { ["Messaging:HoldUpTolerance"] = "00:00:00.2" },
        };
        await using var service = await TestService.StartAsync(options);
        var health = service.Services.GetRequiredService<HealthCheckService>();
        async Task<HealthReportEntry> ConsumersAsync() => (await health.CheckHealthAsync()).Entries["consumers"];
        var subject = Guid.NewGuid();
        await service.PublishAsync(subject, new Note(1));
        await Eventually.True(async () => (await service.SeenAsync(subject)).Count == 1);
        (await ConsumersAsync()).Status.ShouldBe(HealthStatus.Healthy);

        await CrashTests.ScalarAsync<object>(options, "alter table inbox rename to away; select 1");
        await service.PublishAsync(subject, new Note(2));

        await Eventually.True(async () => (await ConsumersAsync()).Status == HealthStatus.Degraded);
        var said = (await ConsumersAsync()).Description!;
        said.ShouldContain(options.Consumer!);
        said.ShouldContain(options.Topic + " [");
        said.ShouldContain("42P01");
        await CrashTests.ScalarAsync<object>(options, "alter table away rename to inbox; select 1");
        await Eventually.True(async () => (await ConsumersAsync()).Status == HealthStatus.Healthy);
        (await service.SeenAsync(subject)).ShouldBe([1, 2]);
    }

    [Fact]
    public void The_log_tells_once_that_it_is_held_up_and_once_that_it_goes_on()
    {
        var log = new LogLines<ConsumerProgress>();
        var progress = new ConsumerProgress(new ConsumerOptions { HoldUpTolerance = TimeSpan.Zero }, log);
        for (var round = 1; round <= 2; round++)
        {
            progress.Fail("reader", "notes [3]", new InvalidOperationException("no"));
            progress.Fail("reader", "notes [3]", new InvalidOperationException("still no"));
            progress.HeldUp().ShouldHaveSingleItem().ShouldContain("on notes [3]: InvalidOperationException: still no");
            progress.Move("reader");
            progress.Move("reader");
            progress.HeldUp().ShouldBeEmpty();

            log.From(LogLevel.Error).Count.ShouldBe(round);
            log.From(LogLevel.Information).Count.ShouldBe(2 * round);
        }
    }

    [Fact]
    public void Errors_that_are_over_soon_are_not_told()
    {
        var log = new LogLines<ConsumerProgress>();
        var progress = new ConsumerProgress(new ConsumerOptions(), log);

        progress.Fail("reader", "notes [3]", new InvalidOperationException("no"));
        progress.HeldUp().ShouldBeEmpty();
        progress.Move("reader");

        log.From(LogLevel.Trace).ShouldBeEmpty();
    }
}
