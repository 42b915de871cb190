using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Identity.Passwords;
using Commerce.Messaging;
using Dapper;
using Npgsql;

namespace Commerce.Identity.Seed;

/// <summary>
/// The accounts of <see cref="DemoAccounts"/>, in Development or when <c>Seed:Enabled</c> says so. Adds what is missing and
/// changes nothing that is there. The farmers' farms come from Catalog's own seed under the same ids, so no
/// <c>farmer.approved</c> is published for them.
/// </summary>
internal sealed class DemoSeed(
    NpgsqlDataSource database,
    PasswordHasher passwords,
    IOutbox outbox,
    IConfiguration configuration,
    IHostEnvironment environment,
    ILogger<DemoSeed> logger
) : IHostedService
{
    private static readonly string[] Farmers =
    [
        "김영호",
        "이순자",
        "박정식",
        "최미경",
        "정해룡",
        "강옥분",
        "조성만",
        "윤말숙",
        "장동현",
        "임춘희",
        "한상철",
        "오금자",
        "서민수",
        "신경애",
        "권태용",
    ];

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (!configuration.GetValue("Seed:Enabled", environment.IsDevelopment()))
        {
            return;
        }

        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var there = (
            await connection.QueryAsync<Guid>("select id from account where id = any(@Ids)", new { Ids = Ids() })
        ).ToHashSet();
        var missing = Accounts().Where(a => !there.Contains(a.Id)).ToList();
        if (missing.Count == 0)
        {
            return;
        }

        // One hash for all: the password is printed at every start, so salts of their own would only slow that start down.
        var hash = await passwords.HashAsync(DemoAccounts.Password, cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var added = await connection.QueryAsync<Guid>(
            """
            insert into account (id, email, name, role, password_hash, approved, farm_name, region)
            select id, email, name, role, @hash, true, farm_name, region
            from unnest(@Ids, @Emails, @Names, @Roles, @FarmNames, @Regions)
              as a (id, email, name, role, farm_name, region)
            on conflict do nothing
            returning id
            """,
            new
            {
                hash,
                Ids = missing.ConvertAll(a => a.Id),
                Emails = missing.ConvertAll(a => a.Email),
                Names = missing.ConvertAll(a => a.Name),
                Roles = missing.ConvertAll(a => a.Role),
                FarmNames = missing.ConvertAll(a => a.Role == "farmer" ? $"{a.Name} 농원" : null),
                Regions = missing.ConvertAll(a => a.Role == "farmer" ? "대한민국" : null),
            },
            transaction
        );
        // Only what this replica inserted: another one may be seeding at the same time.
        var mine = added.ToHashSet();
        var events = missing
            .Where(a => mine.Contains(a.Id))
            .Select(a => new OutgoingEvent(a.Id, new AccountRegistered(a.Id, a.Name, a.Role)));
        await outbox.AppendAsync(transaction, [.. events], cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        logger.LogInformation("Added {Count} demo accounts", mine.Count);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static Guid[] Ids() => [.. Accounts().Select(a => a.Id)];

    private static IEnumerable<DemoAccount> Accounts() =>
        [
            new(DemoAccounts.ShopperId, DemoAccounts.ShopperEmail, "김하늘", "shopper"),
            new(DemoAccounts.OtherShopperId, "shopper2@commerce.local", "이바다", "shopper"),
            new(DemoAccounts.AdminId, DemoAccounts.AdminEmail, "관리자", "admin"),
            .. Farmers.Select(
                (name, i) =>
                    new DemoAccount(
                        DemoAccounts.FarmerNumber(i + 1),
                        i == 0 ? DemoAccounts.FarmerEmail : $"farmer{i + 1:00}@commerce.local",
                        name,
                        "farmer"
                    )
            ),
        ];

    private sealed record DemoAccount(Guid Id, string Email, string Name, string Role);
}
