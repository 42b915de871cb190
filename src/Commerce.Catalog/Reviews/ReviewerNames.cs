using Commerce.Contracts.Events;
using Commerce.Messaging.Consumers;
using Npgsql;

namespace Commerce.Catalog.Reviews;

/// <summary>account.registered: under which name an account's reviews stand. The full name is not kept.</summary>
internal sealed class ReviewerNames : IEventHandler<AccountRegistered>
{
    /// <summary>For an account whose registration has not arrived yet; its reviews get the name when it does.</summary>
    public const string Nobody = "구매자";

    public async Task HandleAsync(
        IReadOnlyList<IncomingEvent<AccountRegistered>> events,
        EventBatch batch,
        CancellationToken cancellationToken
    )
    {
        var registered = events.Select(e => e.Input).ToList();
        await using var insert = new NpgsqlCommand(
            """
            with known as (
              insert into reviewers (account_id, name) select * from unnest($1, $2) on conflict (account_id) do nothing
              returning account_id, name
            )
            update reviews r set author = known.name from known where r.account_id = known.account_id and r.author = $3
            """,
            batch.Connection,
            batch.Transaction
        )
        {
            Parameters =
            {
                new() { Value = registered.Select(a => a.AccountId).ToArray() },
                new() { Value = registered.Select(a => Shown(a.Name)).ToArray() },
                new() { Value = Nobody },
            },
        };
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>As Korean shops show it: <c>김민수</c> → <c>김*수</c>, <c>이산</c> → <c>이*</c>, <c>Jane Doe</c> → <c>Jane D.</c></summary>
    public static string Shown(string name)
    {
        var words = name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return words switch
        {
            [] => Nobody,
            [var first, .., var last] => $"{first} {last[0]}.",
            [{ Length: 1 } only] => only,
            [{ Length: 2 } only] => $"{only[0]}*",
            [var only] => $"{only[0]}{new string('*', only.Length - 2)}{only[^1]}",
        };
    }
}
