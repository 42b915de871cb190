using Commerce.Contracts;
using Commerce.Contracts.Events;
using Commerce.Identity.Credentials;
using Commerce.Messaging.Outbox;
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
    // Farms as Catalog's seed names them, by number.
    private static readonly DemoFarmer[] Farmers =
    [
        new("김영호", "주왕산농원", "경북 청송"),
        new("이순자", "소백산과수원", "경북 영주"),
        new("박정식", "감골농원", "경북 상주"),
        new("최미경", "직지포도원", "경북 김천"),
        new("정해룡", "참별농장", "경북 성주"),
        new("강옥분", "반시마을", "경북 청도"),
        new("조성만", "하늘작농원", "충북 충주"),
        new("윤말숙", "금강농원", "충북 옥천"),
        new("장동현", "백화산포도원", "충북 영동"),
        new("임춘희", "새벽딸기농장", "충남 논산"),
        new("한상철", "예당과원", "충남 예산"),
        new("오금자", "장안산농원", "전북 장수"),
        new("서민수", "황토밭농장", "전북 고창"),
        new("신경애", "금천배농원", "전남 나주"),
        new("권태용", "거금도유자농장", "전남 고흥"),
        new("황보람", "땅끝다래농원", "전남 해남"),
        new("안성호", "섬진강매실원", "전남 광양"),
        new("송은희", "진영단감농원", "경남 김해"),
        new("류재명", "악양대봉마을", "경남 하동"),
        new("홍진주", "덕유산베리농장", "경남 거창"),
        new("문성철", "한라감귤원", "제주 서귀포"),
        new("양미란", "속리산대추농원", "충북 보은"),
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
                FarmNames = missing.ConvertAll(a => a.Farm?.FarmName),
                Regions = missing.ConvertAll(a => a.Farm?.Region),
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
                (farmer, i) =>
                    new DemoAccount(
                        DemoAccounts.FarmerNumber(i + 1),
                        i == 0 ? DemoAccounts.FarmerEmail : $"farmer{i + 1:00}@commerce.local",
                        farmer.Name,
                        "farmer",
                        farmer
                    )
            ),
        ];

    private sealed record DemoAccount(Guid Id, string Email, string Name, string Role, DemoFarmer? Farm = null);

    private sealed record DemoFarmer(string Name, string FarmName, string Region);
}
