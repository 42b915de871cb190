using Commerce.Messaging.Outbox;
using Commerce.Messaging.Tests.Support;

namespace Commerce.Messaging.Tests.Consumers;

public sealed class RebalanceTests
{
    [Fact]
    public async Task Replicas_share_the_partitions_and_hand_them_over_without_loss_doubles_or_disorder()
    {
        var options = await Servers.NewServiceAsync();
        var subjects = Enumerable.Range(0, 20).Select(_ => Guid.NewGuid()).ToArray();
        var first = await TestService.StartAsync(options);
        await using var second = await TestService.StartAsync(options);
        var written = 0;
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                var number = written++;
                await second.PublishAsync([
                    .. subjects.Select(subject => new OutgoingEvent(subject, new Note(number))),
                ]);
                await Task.Delay(10);
            }
        });

        // Both get some, then one leaves in the middle of it.
        await Eventually.True(() => !first.Instructions.BatchSizes.IsEmpty && !second.Instructions.BatchSizes.IsEmpty);
        await first.DisposeAsync();
        var before = written;
        await Eventually.True(() => written > before + 50);
        await stop.CancelAsync();
        await writing;

        await Eventually.True(async () =>
            await second.ScalarAsync<long>("select count(*) from seen") >= written * subjects.Length
        );
        foreach (var subject in subjects)
        {
            (await second.SeenAsync(subject)).ShouldBe(Enumerable.Range(0, written));
        }
    }
}
