using System.Reflection;
using Commerce.Messaging.Kafka;
using Commerce.Messaging.Tests.Support;
using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Commerce.Messaging.Tests.Kafka;

/// <summary>Topics on a broker that leaves them to us.</summary>
public sealed class KafkaAdminTests
{
    [Fact]
    public async Task Kafka_is_asked_for_what_it_lacks_until_all_is_there()
    {
        var kafka = FakeKafka.With("notes.dlq");
        kafka.Answers.Enqueue(asked => throw new KafkaException(ErrorCode.Local_TimedOut));
        kafka.Answers.Enqueue(asked =>
            throw Refusal(("notes", ErrorCode.TopicAlreadyExists), (TopicNames.Control, ErrorCode.PolicyViolation))
        );
        kafka.Answers.Enqueue(asked => throw Refusal((TopicNames.Control, ErrorCode.PolicyViolation)));
        kafka.Answers.Enqueue(asked => { });
        var log = new LogLines<KafkaAdmin>();
        await using var admin = new KafkaAdmin(() => kafka.Client, KafkaServices.Notes, new KafkaOptions(), log);

        await admin.PrepareAsync(CancellationToken.None);

        kafka.Asked.ShouldBe([
            $"notes, {TopicNames.Control}",
            $"notes, {TopicNames.Control}",
            TopicNames.Control,
            TopicNames.Control,
        ]);
        log.From(LogLevel.Error).ShouldHaveSingleItem("once for each answer").ShouldContain("PolicyViolation");
        log.From(LogLevel.Error)[0].ShouldContain(TopicNames.Control);
        kafka.Partitions.ShouldAllBe(partitions => partitions == 12);
    }

    [Fact]
    public async Task Topics_that_others_made_need_no_right_to_make_topics()
    {
        var kafka = FakeKafka.With("notes", "notes.dlq", TopicNames.Control);
        await using var admin = new KafkaAdmin(
            () => kafka.Client,
            KafkaServices.Notes,
            new KafkaOptions(),
            new LogLines<KafkaAdmin>()
        );

        await admin.PrepareAsync(CancellationToken.None);

        kafka.Asked.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_embedded_broker_is_left_alone()
    {
        var kafka = FakeKafka.With();
        await using var admin = new KafkaAdmin(
            () => kafka.Client,
            KafkaServices.Notes,
            new KafkaOptions { Broker = BrokerKind.Embedded },
            new LogLines<KafkaAdmin>()
        );

        await admin.PrepareAsync(CancellationToken.None);

        kafka.Asked.ShouldBeEmpty();
        (await admin.ClusterIdAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task A_broker_that_makes_no_topics_is_never_taken_for_the_embedded_one()
    {
        var log = new LogLines<KafkaAdmin>();
        await using var services = KafkaServices.With((await Servers.KafkaAsync()).ConnectionString);
        await using var admin = new KafkaAdmin(
            services.GetRequiredService<IProducer<string, byte[]>>(),
            KafkaServices.Notes,
            new KafkaOptions(),
            log
        );
        using var stop = new CancellationTokenSource();

        var preparing = admin.PrepareAsync(stop.Token);

        await Eventually.True(() => log.From(LogLevel.Warning).Any(line => line.Contains("Messaging:Broker is Kafka")));
        preparing.IsCompleted.ShouldBeFalse("the topics are not there");
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => preparing);
    }

    private static CreateTopicsException Refusal(params (string Topic, ErrorCode Code)[] topics) =>
        new([.. topics.Select(topic => new CreateTopicReport { Topic = topic.Topic, Error = new Error(topic.Code) })]);

    /// <summary>Answers as Kafka does, where only a real cluster with policies and rights would.</summary>
    public class FakeKafka : DispatchProxy
    {
        private string[] _topics = [];

        public IAdminClient Client => (IAdminClient)(object)this;

        public Queue<Action<IReadOnlyList<string>>> Answers { get; } = [];

        public List<string> Asked { get; } = [];

        public List<int> Partitions { get; } = [];

        /// <summary>With these topics.</summary>
        internal static FakeKafka With(params string[] topics)
        {
            var kafka = (FakeKafka)(object)Create<IAdminClient, FakeKafka>();
            kafka._topics = topics;
            return kafka;
        }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name switch
            {
                nameof(IAdminClient.GetMetadata) => new Metadata(
                    [],
                    [.. _topics.Select(topic => new TopicMetadata(topic, [], new Error(ErrorCode.NoError)))],
                    1,
                    "fake"
                ),
                nameof(IAdminClient.CreateTopicsAsync) => CreateAsync((IEnumerable<TopicSpecification>)args![0]!),
                nameof(IDisposable.Dispose) => null,
                _ => throw new NotSupportedException(targetMethod.Name),
            };

        private async Task CreateAsync(IEnumerable<TopicSpecification> specifications)
        {
            var topics = specifications.ToList();
            Asked.Add(string.Join(", ", topics.Select(topic => topic.Name)));
            Partitions.AddRange(topics.Select(topic => topic.NumPartitions));
            await Task.Yield();
            Answers.Dequeue()([.. topics.Select(topic => topic.Name)]);
        }
    }
}
