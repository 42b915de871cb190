using System.Diagnostics;
using Commerce.NativeHosting.Engine;
using Commerce.NativeHosting.Processes;

namespace Commerce.NativeHosting.Tests;

public sealed class Supervision : IDisposable
{
    private readonly Home _home = new();
    private readonly ResourceLog _log;

    public Supervision() => _log = new ResourceLog(_home.Paths.Logs, "sample");

    public void Dispose()
    {
        _log.Dispose();
        _home.Dispose();
    }

    [Fact]
    public async Task A_process_that_keeps_ending_is_started_again_with_doubling_waits()
    {
        var starts = new List<TimeSpan>();
        var watch = Stopwatch.StartNew();
        var workload = new HttpWorkload(
            _ =>
            {
                lock (starts)
                {
                    starts.Add(watch.Elapsed);
                }

                return Task.FromResult(new ProcessSpec("sh", ["-c", "exit 3"]));
            },
            probe: null,
            _log
        );
        using var supervisor = new Supervisor(
            workload,
            new Patience
            {
                FirstBackoff = TimeSpan.FromMilliseconds(100),
                LongestBackoff = TimeSpan.FromMilliseconds(400),
                FirstAttempts = int.MaxValue,
            },
            _log
        );

        supervisor.Begin(Task.CompletedTask);
        await Until.TrueAsync(() => Count() >= 6, "it was started six times");
        await supervisor.EndAsync(TimeSpan.FromSeconds(1));

        var waits = starts.Zip(starts.Skip(1), (one, next) => (next - one).TotalMilliseconds).ToList();
        waits[0].ShouldBeGreaterThanOrEqualTo(100);
        waits[1].ShouldBeGreaterThanOrEqualTo(200);
        waits.Skip(2).ShouldAllBe(wait => wait >= 400);
        // Doubling goes on to the limit and not beyond (1600 would be next); generous, for a busy machine.
        waits[4].ShouldBeLessThan(1500);

        int Count()
        {
            lock (starts)
            {
                return starts.Count;
            }
        }
    }

    [Fact]
    public async Task A_process_that_never_becomes_healthy_fails_the_start_in_bounded_time()
    {
        using var supervisor = new Supervisor(
            new HttpWorkload(
                _ => Task.FromResult(new ProcessSpec("sleep", ["600"])),
                new HttpProbe(new Uri($"http://127.0.0.1:{FreePort.Next()}/health"), 200),
                _log
            ),
            new Patience
            {
                Start = TimeSpan.FromMilliseconds(300),
                FirstAttempts = 2,
                FirstBackoff = TimeSpan.FromMilliseconds(10),
            },
            _log
        );

        supervisor.Begin(Task.CompletedTask);

        var failure = await Should.ThrowAsync<InvalidOperationException>(
            supervisor.FirstHealthy.WaitAsync(TimeSpan.FromSeconds(20))
        );
        failure.Message.ShouldContain("/health does not answer");
        supervisor.Status.State.ShouldBe(ResourceStatus.Failed);
        await supervisor.EndAsync(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task A_process_that_ignores_the_request_to_end_is_killed()
    {
        var workload = new HttpWorkload(
            _ => Task.FromResult(new ProcessSpec("sh", ["-c", "trap '' TERM; while :; do sleep 1; done"])),
            probe: null,
            _log
        );
        using var supervisor = new Supervisor(workload, new Patience(), _log);
        supervisor.Begin(Task.CompletedTask);
        await supervisor.FirstHealthy.WaitAsync(TimeSpan.FromSeconds(10));
        var pid = supervisor.Status.Pid!.Value;

        await supervisor.EndAsync(TimeSpan.FromMilliseconds(300));

        await Until.TrueAsync(() => !ProcessTree.Exists(pid), "the process is gone");
        supervisor.Status.State.ShouldBe(ResourceStatus.Exited);
    }

    [Fact]
    public async Task A_log_is_bounded_and_can_be_followed_from_its_kept_beginning()
    {
        using var stop = new CancellationTokenSource();
        for (var line = 1; line <= 6000; line++)
        {
            _log.Write(line == 6000 ? "last" : new string('x', 4000));
        }

        var followed = new List<LogLine>();
        await foreach (var lines in _log.FollowAsync(stop.Token))
        {
            followed.AddRange(lines);
            if (lines[^1].Text == "more")
            {
                break;
            }

            _log.Write("more");
        }

        followed.Count.ShouldBe(5001);
        followed.Select(line => line.Number).ShouldBe(Enumerable.Range(1001, 5001));
        new DirectoryInfo(_home.Paths.Logs)
            .EnumerateFiles()
            .Sum(file => file.Length)
            .ShouldBeLessThan(21 * 1024 * 1024);
    }
}
