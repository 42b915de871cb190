using System.Text.Json;
using Commerce.Contracts.Api;
using Dapper;
using Npgsql;

namespace Commerce.Catalog.Import;

/// <summary>Imports in the database. Every statement names the farm: another one's import is not there.</summary>
internal static class ImportStore
{
    private const int MostProblems = 500;
    private const int Shown = 20;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    /// <summary>Keeps what was read, instead of what the farm had kept before.</summary>
    public static async Task<Guid> KeepAsync(
        NpgsqlTransaction transaction,
        Guid farmId,
        string encoding,
        IReadOnlyList<ReadRow> rows,
        CancellationToken cancellationToken
    )
    {
        var id = Guid.CreateVersion7();
        await transaction.Connection!.ExecuteAsync(
            new CommandDefinition(
                """
                -- In turns: two files of a farm at the same moment would both find none to replace.
                select pg_advisory_xact_lock(hashtextextended('imports ' || @farmId::text, 0));
                delete from imports where farm_id = @farmId;
                insert into imports (id, farm_id, encoding, bad) values (@id, @farmId, @encoding, @Bad);
                insert into import_rows (import_id, line, entry, problems)
                select @id, line, entry::jsonb, problems::jsonb from unnest(@Numbers, @Entries, @Problems)
                  as n (line, entry, problems)
                """,
                new
                {
                    id,
                    farmId,
                    encoding,
                    Bad = rows.Count(row => row.Entry is null),
                    Numbers = rows.Select(row => row.Number).ToArray(),
                    Entries = rows.Select(row => row.Entry is null ? null : JsonSerializer.Serialize(row.Entry, Json))
                        .ToArray(),
                    Problems = rows.Select(row => JsonSerializer.Serialize(row.Problems, Json)).ToArray(),
                },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        return id;
    }

    /// <summary>Null when it is not the farm's.</summary>
    public static async Task<FruitImport?> FindAsync(
        NpgsqlTransaction transaction,
        Guid id,
        Guid farmId,
        CancellationToken cancellationToken
    )
    {
        await using var results = await transaction.Connection!.QueryMultipleAsync(
            new CommandDefinition(
                $"""
                select i.encoding, i.bad, count(*)::int as rows, count(r.outcome)::int as done,
                  count(*) filter (where r.outcome = 'created')::int as created,
                  count(*) filter (where r.outcome = 'updated')::int as updated,
                  count(*) filter (where r.outcome = 'unchanged')::int as unchanged
                from imports i join import_rows r on r.import_id = i.id
                where i.id = @id and i.farm_id = @farmId group by i.id;

                select r.problems::text from imports i join import_rows r on r.import_id = i.id
                where i.id = @id and i.farm_id = @farmId and r.problems <> '[]' order by r.line limit {MostProblems};

                select r.line, r.entry::text, r.outcome, {SameFruit} as fruit_id
                from imports i join import_rows r on r.import_id = i.id
                where i.id = @id and i.farm_id = @farmId and r.entry is not null order by r.line limit {Shown}
                """,
                new { id, farmId },
                transaction,
                cancellationToken: cancellationToken
            )
        );
        if (await results.ReadSingleOrDefaultAsync<CountsRow>() is not { } counts)
            return null;
        var problems = (await results.ReadAsync<string>())
            .SelectMany(text => JsonSerializer.Deserialize<List<ImportProblem>>(text, Json)!)
            .Take(MostProblems)
            .ToList();
        var sample = (await results.ReadAsync<SampleRow>()).Select(row => row.ToRow()).ToList();
        return new FruitImport(
            id,
            counts.Encoding,
            counts.Rows,
            counts.Bad,
            counts.Done,
            counts.Created,
            counts.Updated,
            counts.Unchanged,
            Finished: counts.Done == counts.Rows - counts.Bad,
            problems,
            sample
        );
    }

    /// <summary>
    /// The farm's fruit that row <c>r</c> of import <c>i</c> is about: by the code, else by name, variety and weight among those
    /// that have no other code.
    /// </summary>
    public const string SameFruit = """
        coalesce(
          (select f.id from fruits f where f.farm_id = i.farm_id and f.code = r.entry ->> 'code'),
          (select f.id from fruits f where f.farm_id = i.farm_id
            and (f.code is null or r.entry ->> 'code' is null)
            and f.name = r.entry -> 'draft' ->> 'name' and f.variety = r.entry -> 'draft' ->> 'variety'
            and f.weight_kg = (r.entry -> 'draft' ->> 'weightKg')::numeric
          order by f.created_at, f.id limit 1))
        """;

    private sealed record CountsRow(
        string Encoding,
        int Bad,
        int Rows,
        int Done,
        int Created,
        int Updated,
        int Unchanged
    );

    private sealed record SampleRow(int Line, string Entry, string? Outcome, Guid? FruitId)
    {
        public ImportRow ToRow()
        {
            var entry = JsonSerializer.Deserialize<ImportEntry>(Entry, Json)!;
            var draft = entry.Draft;
            return new ImportRow(
                Line,
                draft.Name,
                draft.Variety,
                draft.Category,
                draft.Grade,
                draft.Brix,
                draft.WeightKg,
                draft.PriceKrw,
                entry.Boxes,
                IsNew: Outcome is null ? FruitId is null : Outcome == "created"
            );
        }
    }
}
