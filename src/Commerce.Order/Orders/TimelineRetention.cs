using System.Runtime.CompilerServices;
using Commerce.Data.Retention;
using Dapper;
using Npgsql;

namespace Commerce.Order.Orders;

/// <summary>Removes the timelines of orders that ended long ago. The orders stay, with their lines, money and address.</summary>
internal sealed class TimelineRetention(NpgsqlDataSource database, OrderOptions options) : IRetentionPolicy
{
    public string Table => "timeline";

    // Orders of the few days that one takes are looked at again in each pass.
    public TimeSpan Every => TimeSpan.FromDays(1);

    public async IAsyncEnumerable<int> RunAsync(
        int batchSize,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        // Nothing of an order is older than the order, and ids of orders are in the order of time.
        var quietSince = await QuietSinceAsync(cancellationToken);
        var last = UuidV7.First(quietSince);
        var after = Guid.Empty;
        while (await FindAsync(after, last, batchSize, cancellationToken) is { Length: > 0 } orders)
        {
            after = orders[^1];
            yield return await RemoveAsync(orders, quietSince, cancellationToken);
        }
    }

    private async Task<DateTimeOffset> QuietSinceAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.QuerySingleAsync<DateTimeOffset>(
            new CommandDefinition(
                "select now() - @TimelineRetention",
                new { options.TimelineRetention },
                cancellationToken: cancellationToken
            )
        );
    }

    /// <summary>The next orders that have a timeline, by its primary key; as many as have a batch of entries.</summary>
    private async Task<Guid[]> FindAsync(Guid after, Guid last, int batchSize, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return
        [
            .. await connection.QueryAsync<Guid>(
                new CommandDefinition(
                    """
                    select distinct order_id from (
                      select order_id from timeline where order_id > @after and order_id < @last
                      order by order_id limit @batchSize) entries
                    order by order_id
                    """,
                    new
                    {
                        after,
                        last,
                        batchSize,
                    },
                    cancellationToken: cancellationToken
                )
            ),
        ];
    }

    /// <summary>An entry that is written at this moment, such as a late refund's, is young and stays.</summary>
    private async Task<int> RemoveAsync(Guid[] orders, DateTimeOffset quietSince, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        return await connection.ExecuteAsync(
            new CommandDefinition(
                """
                delete from timeline where at < @quietSince and order_id = any(array(
                  select o.id from orders o
                  where o.id = any(@orders) and o.status in ('Rejected', 'Cancelled', 'Delivered') and o.next_check_at is null
                    and not exists (select from timeline t where t.order_id = o.id and t.at >= @quietSince)))
                """,
                new { orders, quietSince },
                cancellationToken: cancellationToken
            )
        );
    }
}
