using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.PlatformTesting;

namespace Commerce.Chaos.Tests;

/// <summary>
/// A backup of a platform that is at work, restored: its sagas go on from the middle, and what the payment provider did in the
/// time that is forgotten comes out right.
/// </summary>
public sealed class BackupTests
{
    private const int Seed = 11;
    private static readonly TimeSpan QuietWithin = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task A_backup_taken_while_orders_come_in_breaks_no_promise_when_it_is_restored()
    {
        using var own = new OwnPlatform();
        var backup = Path.Combine(own.Home, "backups", "mid-load");
        IReadOnlyList<Outcome> before;
        IReadOnlyList<Outcome> all;
        await using (var backedUp = await own.StartAsync())
        {
            (before, all) = await BuyAroundAsync(backedUp, () => own.CommerceAsync("backup", backup));
            (await own.TryCommerceAsync("restore", backup)).Said.ShouldContain("the platform is running");
        }

        await own.CommerceAsync("restore", backup);
        var restored = DateTime.UtcNow;
        await using var platform = await own.StartAsync();
        using var shopping = new Shopping(platform.Urls);
        var admin = await shopping.SignInAsync(DemoAccounts.AdminEmail);
        var (books, quietAfter) = await Quiescence.ComeAsync(platform, admin, QuietWithin);
        var known = books.Orders.Select(order => order.Id).ToHashSet();
        var kept = all.Where(outcome => outcome.OrderIds.All(known.Contains)).ToList();
        var forgotten = all.Except(kept).SelectMany(outcome => outcome.OrderIds).ToList();

        Invariants.Check(books, kept).Where(violation => !HasLeft(books, violation)).ShouldBeEmpty();
        quietAfter.ShouldNotBeNull("no saga is stuck");
        before
            .SelectMany(outcome => outcome.OrderIds)
            .ShouldBeSubsetOf(known, "nothing from before the backup is lost");
        books.Timeline.ShouldContain(row => row.At > restored, "sagas went on where the backup found them");
        forgotten.ShouldNotBeEmpty("orders came in after the backup");
        var ledgers = new List<(int Charges, int Refunds, long BalanceKrw)>();
        foreach (var order in forgotten)
        {
            ledgers.Add(await platform.LedgerAsync(order));
        }

        ledgers.ShouldContain(ledger => ledger.Charges > 0, "the provider did not forget them");
        ledgers.ShouldAllBe(ledger => ledger.BalanceKrw == 0, "nobody pays for an order that nobody knows");
    }

    [Fact]
    public async Task What_is_no_whole_backup_is_refused_and_changes_nothing()
    {
        using var own = new OwnPlatform();
        var folder = Directory.CreateDirectory(Path.Combine(own.Home, "some-folder")).FullName;

        (await own.TryCommerceAsync("backup", folder)).Said.ShouldContain("the platform is not running");
        (await own.TryCommerceAsync("restore", folder)).Said.ShouldContain("is no backup");
        await File.WriteAllTextAsync(Path.Combine(folder, "commerce-backup"), "format=1\npostgres=15\n");
        var (exitCode, said) = await own.TryCommerceAsync("restore", folder);

        exitCode.ShouldBe(1);
        said.ShouldContain("base.tar.gz is missing");
        Directory.Exists(Path.Combine(own.Home, "data")).ShouldBeFalse();
    }

    /// <summary>
    /// Their cancellation is forgotten, the refund is not: the order is stopped, and the carrier, who here comes after two
    /// seconds, may have been faster. Their money has to be right all the same.
    /// </summary>
    private static bool HasLeft(Books books, Violation violation) =>
        violation.Promise is Invariants.Agreed or Invariants.Told
        && books.Orders.Any(order =>
            order.Reason == OrderReasons.CancelledByAdmin
            && violation.Detail.Contains($"{order.Id}", StringComparison.Ordinal)
        );

    /// <summary>Orders before, during and after; the outcomes from before, and all.</summary>
    private static async Task<(IReadOnlyList<Outcome> Before, IReadOnlyList<Outcome> All)> BuyAroundAsync(
        PlatformUnderTest platform,
        Func<Task> during
    )
    {
        using var shopping = new Shopping(platform.Urls);
        await shopping.RegisterAsync(12);
        var fruits = await shopping.StockAsync(fruits: 4, boxes: 1_000);
        // Too few of these for everyone: who gets them may come out otherwise the second time.
        fruits = [.. fruits, .. await shopping.StockAsync(fruits: 3, boxes: 30)];
        var crowd = new Crowd(shopping, fruits, Seed);
        await crowd.HaveBoughtAsync(40);
        var before = crowd.Outcomes;
        await during();
        await crowd.HaveBoughtAsync(crowd.Outcomes.Count + 40);
        return (before, await crowd.GoHomeAsync());
    }
}
