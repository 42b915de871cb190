using Commerce.Contracts.Api;
using Commerce.ServiceDefaults.Authentication;
using Commerce.ServiceDefaults.Requests;
using Dapper;
using Microsoft.AspNetCore.Http.HttpResults;
using Npgsql;

namespace Commerce.Identity.Admin;

/// <summary>GET /admin/accounts; an absent filter lets everything through.</summary>
/// <param name="Q">How an e-mail address or a name begins, without regard to the address's case; or an id.</param>
/// <param name="Role"><c>shopper farmer admin</c>.</param>
/// <param name="State"><c>active locked</c>.</param>
internal sealed record AccountSearch(string? Q, string? Role, string? State, int? Page, int? PageSize);

internal static class ListAccounts
{
    private const int MaxPageSize = 100;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/admin/accounts", HandleAsync)
            .WithTags("Admin")
            .WithSummary("Accounts, newest first. q: how an e-mail address or a name begins, or an id.")
            .RequireAuthorization(Policies.Admin);

    private static async Task<Results<Ok<Paged<AdminAccount>>, ValidationProblem>> HandleAsync(
        [AsParameters] AccountSearch search,
        NpgsqlDataSource database,
        CancellationToken cancellationToken
    )
    {
        var v = new Validation();
        v.OptionalText("q", search.Q, max: 100);
        v.Check(
            "role",
            search.Role is null or "" or "shopper" or "farmer" or "admin",
            "must be shopper, farmer or admin"
        );
        v.Check("state", search.State is null or "" or "active" or "locked", "must be active or locked");
        var (page, pageSize) = PageRequest.Read(search.Page, search.PageSize, v, MaxPageSize);
        if (v.Failed)
        {
            return v.Problem();
        }

        var words = search.Q?.Trim() ?? "";
        // One arm per index; a filter that nobody set is not even in the text.
        var where = string.Join(" and ", new[]
            {
                words.Length == 0
                    ? null
                    : "id in (select id from account where email like @Email union select id from account where name like @Name union select id from account where id = @Id)",
                search.Role is { Length: > 0 } ? "role = @Role" : null,
                search.State switch
                {
                    "locked" => "locked_at is not null",
                    "active" => "locked_at is null",
                    _ => null,
                },
            }.OfType<string>().DefaultIfEmpty("true"));
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        await using var results = await connection.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select count(*)::int from account where {where};
                select id, email, name, role, farm_name, created_at, locked_at, lock_note from account
                where {where} order by id desc limit @pageSize offset @Skip
                """,
                new
                {
                    Email = Pattern(Lower(words)),
                    Name = Pattern(words),
                    Id = Guid.TryParse(words, out var id) ? id : (Guid?)null,
                    search.Role,
                    pageSize,
                    Skip = (page - 1) * pageSize,
                },
                cancellationToken: cancellationToken
            )
        );
        var total = await results.ReadSingleAsync<int>();
        return TypedResults.Ok(
            new Paged<AdminAccount>((await results.ReadAsync<AdminAccount>()).AsList(), total, page, pageSize)
        );
    }

    // Addresses are kept in lower case.
    private static string Lower(string text) =>
        string.Create(text.Length, text, (target, source) => source.AsSpan().ToLowerInvariant(target));

    private static string Pattern(string text) =>
        text.Replace(@"\", @"\\", StringComparison.Ordinal)
            .Replace("%", @"\%", StringComparison.Ordinal)
            .Replace("_", @"\_", StringComparison.Ordinal) + "%";
}
