using System.Diagnostics;

namespace Commerce.Chaos;

/// <summary>A platform at rest: no order, payment, event or retry is under way.</summary>
internal static class Quiescence
{
    /// <summary>Reads the books until nothing is under way any more, or time is up: then <c>After</c> is null.</summary>
    public static async Task<(Books Books, TimeSpan? After)> ComeAsync(
        PlatformUnderTest platform,
        string admin,
        TimeSpan within
    )
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var books = await Books.ReadAsync(platform, admin);
            if (IsQuiet(books))
            {
                // Once more: these were read table by table while the last event was still being handled.
                return (await Books.ReadAsync(platform, admin), watch.Elapsed);
            }

            if (watch.Elapsed > within)
            {
                return (books, null);
            }

            await Task.Delay(TimeSpan.FromSeconds(1));
        }
    }

    private static bool IsQuiet(Books books) =>
        books.Orders.All(order => order.Status is "Delivered" or "Cancelled" or "Rejected")
        && books.Payments.All(payment => payment.State is "captured" or "declined" or "refunded" or "cancelled")
        && books.Consumers.All(consumer =>
            consumer.Retrying == 0 && !consumer.Topics.Any(topic => consumer.Missing(books.Outboxes[topic]).Any())
        );
}
