using System.Net;
using System.Net.Http.Json;
using System.Security.Claims;
using Commerce.Contracts.Api;
using Commerce.Data.Audit;
using Commerce.Data.Retention;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.Data.Tests;

public sealed class DatabaseExtensionsTests
{
    private static readonly ClaimsPrincipal Admin = new(
        new ClaimsIdentity([new Claim("sub", Guid.NewGuid().ToString()), new Claim("name", "관리자")], "test")
    );

    [Fact]
    public async Task A_service_can_have_a_database_and_no_broker()
    {
        await using var service = await StartAsync(await TestDatabase.CreateAsync());
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };
        var subject = Guid.NewGuid();

        await RecordAsync(service, subject, commit: false);
        await RecordAsync(service, subject, commit: true);

        (await client.GetAsync("/health")).StatusCode.ShouldBe(HttpStatusCode.OK);
        var page = await client.GetFromJsonAsync<Paged<AuditEntry>>($"/audit?subject={subject}");
        page!.Total.ShouldBe(1);
        page.Items.Single().AdminName.ShouldBe("관리자");
    }

    [Theory]
    [InlineData("page=0", "page")]
    [InlineData("pageSize=101", "pageSize")]
    [InlineData("page=10001", "page")]
    public async Task A_page_that_there_cannot_be_is_refused_by_its_field(string query, string field)
    {
        await using var service = await StartAsync(await TestDatabase.CreateAsync());
        using var client = new HttpClient { BaseAddress = new Uri(service.Urls.First()) };

        var response = await client.GetAsync("/audit?" + query);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync()).ShouldContain($"\"{field}\"");
    }

    [Theory]
    [InlineData("Retention:Interval", "00:00:00")]
    [InlineData("Retention:BatchSize", "0")]
    public async Task Retention_that_would_never_come_by_stops_the_start(string key, string value)
    {
        var database = await TestDatabase.CreateAsync();

        await Should.ThrowAsync<OptionsValidationException>(() => StartAsync(database, (key, value)));
    }

    [Fact]
    public async Task Rows_past_their_retention_go_in_batches_and_the_others_stay()
    {
        var database = await TestDatabase.CreateAsync();
        await using var service = await StartAsync(database, ("Retention:BatchSize", "10"));
        await TestDatabase.ScalarAsync<long>(
            database,
            "with rows as (insert into things select generate_series(1, 35) returning 1) select count(*) from rows"
        );

        var removed = await service
            .Services.GetRequiredService<RetentionService>()
            .RunOnceAsync(CancellationToken.None);

        removed.ShouldBe(25);
        (await TestDatabase.ScalarAsync<int>(database, "select min(id) from things")).ShouldBe(26);
    }

    private static async Task<WebApplication> StartAsync(
        string database,
        params IEnumerable<(string Key, string Value)> settings
    )
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(
            settings
                .Append(("ConnectionStrings:thingsdb", database))
                .Select(setting => KeyValuePair.Create(setting.Item1, (string?)setting.Item2))
        );
        builder.Services.AddAuthorizationBuilder().AddPolicy("admin", policy => policy.RequireAssertion(_ => true));
        builder.AddDatabase("thingsdb", typeof(DatabaseExtensionsTests).Assembly);
        builder.Services.AddSingleton<IRetentionPolicy, OldThings>();
        var app = builder.Build();
        app.MapDatabase("admin");
        app.MapHealthChecks("/health");
        try
        {
            await app.StartAsync();
            return app;
        }
        catch
        {
            await app.DisposeAsync();
            throw;
        }
    }

    private static async Task RecordAsync(WebApplication service, Guid subject, bool commit)
    {
        var database = service.Services.GetRequiredService<NpgsqlDataSource>();
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await AuditLog.RecordAsync(transaction, Admin, "thing.move", subject, "note", CancellationToken.None);
        if (commit)
        {
            await transaction.CommitAsync();
        }
    }

    /// <summary>Things up to 25 are old.</summary>
    private sealed class OldThings(NpgsqlDataSource database) : StatementRetentionPolicy(database)
    {
        public override string Table => "things";

        protected override string Sql =>
            "delete from things where id in (select id from things where id <= 25 order by id limit @batchSize)";
    }
}
