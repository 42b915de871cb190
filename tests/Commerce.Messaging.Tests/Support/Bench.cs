using System.Diagnostics;
using System.Globalization;
using Commerce.Messaging.Outbox;
using Commerce.ServerProcesses;
using Dapper;

namespace Commerce.Messaging.Tests.Support;

/// <summary>A quick look at what the path does: <c>dotnet Commerce.Messaging.Tests.dll bench 100000 50</c>.</summary>
internal static class Bench
{
    private const int Writers = 4;

    public static async Task<int> RunAsync(string[] args)
    {
        var events = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
        var perTransaction = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 50;
        var ratePerSecond = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : int.MaxValue;
        await using var postgres = await PostgresServer.StartAsync(new PostgresServerOptions { Durable = true });
        await using var kafka = await KafkaBroker.StartAsync(new KafkaBrokerOptions { Topics = ["bench"] });
        var database = await postgres.CreateDatabaseAsync("bench");
        await using var service = await TestService.StartAsync(
            new TestServiceOptions(database, kafka.ConnectionString, "bench") { Consumer = "bench" }
        );
        await service.PublishAsync(Guid.NewGuid(), new Note(0));
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from seen") == 1);

        var watch = Stopwatch.StartNew();
        await Task.WhenAll(
            Enumerable
                .Range(0, Writers)
                .Select(_ =>
                    Task.Run(() => WriteAsync(service, events / Writers, perTransaction, ratePerSecond / Writers))
                )
        );
        var written = watch.Elapsed;
        await Eventually.True(
            async () =>
                await service.ScalarAsync<long>("select count(*) from seen")
                >= events / Writers / perTransaction * perTransaction * Writers,
            TimeSpan.FromMinutes(3)
        );
        var handled = watch.Elapsed;
        await using var connection = await service.Database.OpenConnectionAsync();
        var doubles = await connection.ExecuteScalarAsync<long>("select count(*) - count(distinct event_id) from seen");
        var (p50, p99) = await connection.QuerySingleAsync<(double, double)>(
            """
            select percentile_cont(0.5) within group (order by ms), percentile_cont(0.99) within group (order by ms)
            from (select extract(epoch from i.received_at - o.created_at)::float8 * 1000 as ms
                  from inbox i join outbox o on o.id = i.event_id) latencies
            """
        );
        Console.WriteLine(
            $"{events} events, {perTransaction} per transaction: written in {written.TotalSeconds:0.00} s, handled in {handled.TotalSeconds:0.00} s = {events / handled.TotalSeconds:0} events/s, doubles {doubles}, written → handler p50 {p50:0} ms p99 {p99:0} ms, batches {service.Instructions.BatchSizes.Count}"
        );
        return 0;
    }

    private static async Task WriteAsync(TestService service, int count, int perTransaction, int ratePerSecond)
    {
        var watch = Stopwatch.StartNew();
        for (var done = 0; done < count; done += perTransaction)
        {
            var ahead = TimeSpan.FromSeconds((double)done / ratePerSecond) - watch.Elapsed;
            if (ahead > TimeSpan.FromMilliseconds(1))
            {
                await Task.Delay(ahead);
            }

            await service.PublishAsync([
                .. Enumerable
                    .Range(0, perTransaction)
                    .Select(n => new OutgoingEvent(Guid.NewGuid(), new Note(n, new string('x', 200)))),
            ]);
        }
    }
}
