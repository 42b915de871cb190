using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Confluent.Kafka;

namespace Commerce.KafkaBroker.Tests;

public class EmbeddedBrokerTests
{
    private const string Topic = "commerce.order";
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Topics_of_the_command_line_have_the_asked_for_partitions()
    {
        using var broker = await BrokerProcess.StartAsync(topics: "commerce.order, commerce.payment");
        using var admin = new AdminClientBuilder(new AdminClientConfig { BootstrapServers = broker.Address }).Build();

        var metadata = admin.GetMetadata(Timeout);

        metadata.Topics.Select(t => t.Topic).ShouldBe(["commerce.order", "commerce.payment"], ignoreOrder: true);
        metadata.Topics.ShouldAllBe(t => t.Partitions.Count == 12);
        metadata.Brokers.ShouldHaveSingleItem().Port.ShouldBe(broker.Port);
    }

    [Fact]
    public async Task Clients_are_told_the_advertised_address_and_not_where_it_listens()
    {
        // A container listens everywhere at a port of its own, and is reached at a port of its host.
        var (inside, published) = (FreePort(), FreePort());
        using var broker = await BrokerProcess.StartAsync(
            inside,
            "commerce.order",
            "--bind",
            "0.0.0.0",
            "--advertised",
            $"localhost:{published}"
        );
        using var admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = $"127.0.0.1:{inside}" }
        ).Build();

        var told = admin.GetMetadata(Timeout).Brokers.ShouldHaveSingleItem();

        (told.Host, told.Port).ShouldBe(("localhost", published));
        broker.Address.ShouldBe($"localhost:{published}");
    }

    [Fact]
    public async Task What_is_produced_is_consumed_in_order_per_key()
    {
        using var broker = await BrokerProcess.StartAsync();
        using var producer = Producer(broker);
        var keys = Enumerable.Range(0, 20).Select(i => $"order-{i}").ToList();
        foreach (var number in Enumerable.Range(0, 10))
        {
            foreach (var key in keys)
            {
                producer.Produce(Topic, new Message<string, string> { Key = key, Value = $"{number}" });
            }
        }

        producer.Flush(Timeout).ShouldBe(0);
        using var consumer = Consumer(broker);

        var got = Read(consumer, 200);

        foreach (var key in keys)
        {
            got.Where(m => m.Key == key).Select(m => m.Value).ShouldBe(Enumerable.Range(0, 10).Select(n => $"{n}"));
        }

        got.Select(m => m.Partition).Distinct().Count().ShouldBeGreaterThan(4, "keys spread over the 12 partitions");
    }

    [Fact]
    public async Task Killed_and_started_again_on_its_port_it_is_empty_and_its_old_clients_come_back()
    {
        var first = await BrokerProcess.StartAsync();
        using var producer = Producer(first);
        await producer.ProduceAsync(Topic, new Message<string, string> { Key = "a", Value = "lost" });
        using var consumer = Consumer(first);
        Read(consumer, 1).Single().Value.ShouldBe("lost");

        first.Kill();
        using var second = await BrokerProcess.StartAsync(first.Port);
        first.Dispose();

        second.Address.ShouldBe(first.Address);
        using var fresh = Consumer(second);
        Read(fresh, 1, TimeSpan.FromSeconds(2)).ShouldBeEmpty();
        var delivered = await producer.ProduceAsync(Topic, new Message<string, string> { Key = "a", Value = "new" });
        delivered.Offset.Value.ShouldBe(0);
        Read(fresh, 1).Single().Value.ShouldBe("new");
        // The consumer of before still stands behind offset 1 of its partition; what it has to do is reach the broker.
        consumer.QueryWatermarkOffsets(delivered.TopicPartition, Timeout).High.Value.ShouldBe(1);
    }

    [Fact]
    public async Task It_serves_on_after_having_been_stopped_and_continued()
    {
        using var broker = await BrokerProcess.StartAsync();
        using var producer = Producer(broker);
        await producer.ProduceAsync(Topic, new Message<string, string> { Key = "a", Value = "before" });

        for (var i = 0; i < 20; i++)
        {
            broker.Signal("STOP");
            broker.Signal("CONT");
            broker.Signal("WINCH");
        }

        var delivered = await producer.ProduceAsync(Topic, new Message<string, string> { Key = "a", Value = "after" });
        delivered.Offset.Value.ShouldBe(1);
    }

    [Fact]
    public async Task A_taken_port_is_an_error_and_not_another_port()
    {
        using var broker = await BrokerProcess.StartAsync();
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "Commerce.KafkaBroker.dll"),
                "--port",
                broker.Port.ToString(),
            },
        };
        using var second = Process.Start(start)!;

        var complaint = await second.StandardError.ReadToEndAsync();
        await second.WaitForExitAsync();

        second.ExitCode.ShouldNotBe(0);
        complaint.ShouldContain($"{broker.Port}");
    }

    [Fact]
    public async Task It_ends_when_its_parent_goes_away()
    {
        using var broker = await BrokerProcess.StartAsync();

        broker.CloseStandardInput();

        (await broker.ExitCodeAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task It_ends_cleanly_on_SIGTERM()
    {
        using var broker = await BrokerProcess.StartAsync();

        broker.Signal("TERM");

        (await broker.ExitCodeAsync()).ShouldBe(0);
    }

    [Theory]
    [InlineData("--port", "65536")]
    [InlineData("--port", "-1")]
    [InlineData("--partitions", "0")]
    [InlineData("--topics")]
    [InlineData("--bind", "::1")]
    [InlineData("--bind", "everywhere")]
    [InlineData("--bind", "0.0.0.0")]
    [InlineData("--advertised", "localhost")]
    [InlineData("--advertised", ":9092")]
    [InlineData("--advertised", "localhost:0")]
    [InlineData("--what")]
    public void Bad_arguments_are_refused_with_a_reason(params string[] args)
    {
        BrokerOptions.TryParse(args, out var options, out var error).ShouldBeFalse();

        options.ShouldBeNull();
        error.ShouldNotBeNull().ShouldContain(args[0]);
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private static IProducer<string, string> Producer(BrokerProcess broker) => new ProducerBuilder<string, string>(
            new ProducerConfig
            {
                BootstrapServers = broker.Address,
                EnableIdempotence = true,
                LingerMs = 1,
                MessageTimeoutMs = 20_000,
                ReconnectBackoffMs = 50,
                ReconnectBackoffMaxMs = 500,
            }
        ).SetLogHandler((_, _) => { }).Build();

    private static IConsumer<string, string> Consumer(BrokerProcess broker)
    {
        var consumer = new ConsumerBuilder<string, string>(
            new ConsumerConfig
            {
                BootstrapServers = broker.Address,
                GroupId = Guid.NewGuid().ToString(),
                AutoOffsetReset = AutoOffsetReset.Earliest,
                SessionTimeoutMs = 6000,
                HeartbeatIntervalMs = 1000,
                FetchWaitMaxMs = 5,
                ReconnectBackoffMs = 50,
                ReconnectBackoffMaxMs = 500,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Subscribe(Topic);
        return consumer;
    }

    private static List<Received> Read(IConsumer<string, string> consumer, int count, TimeSpan? within = null)
    {
        var (got, clock) = (new List<Received>(), Stopwatch.StartNew());
        while (got.Count < count && clock.Elapsed < (within ?? Timeout))
        {
            if (consumer.Consume(100) is { } result)
            {
                got.Add(new Received(result.Message.Key, result.Message.Value, result.Partition.Value));
            }
        }

        return got;
    }

    private sealed record Received(string Key, string Value, int Partition);
}
