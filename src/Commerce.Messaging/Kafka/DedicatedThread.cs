namespace Commerce.Messaging.Kafka;

/// <summary>librdkafka's calls block, some until a broker answers: on a thread of their own they keep nobody else waiting.</summary>
internal static class DedicatedThread
{
    public static Task RunAsync(Action work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public static Task<T> RunAsync<T>(Func<T> work) =>
        Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
