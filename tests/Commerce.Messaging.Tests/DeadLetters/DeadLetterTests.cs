using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Commerce.Messaging.Tests.Support;

namespace Commerce.Messaging.Tests.DeadLetters;

/// <summary>What an admin does with dead letters: finds, sends again, puts away with a note; all of it is written down.</summary>
public sealed class DeadLetterTests
{
    private static readonly Dictionary<string, string?> NoRetries = new()
    {
        ["Messaging:RetryDelays:0"] = "00:00:00.05",
    };

    [Fact]
    public async Task Many_are_redriven_at_once_and_each_says_what_came_of_it()
    {
        await using var service = await PoisonedAsync("mended", "mended", "still poison");
        using var client = service.CreateClient();
        var letters = await LettersAsync(client, "");
        service.Instructions.Poison.Remove("mended", out _);
        var unknown = Guid.NewGuid();

        var results = await PostAsync(client, "redrive", new { ids = letters.Select(IdOf).Append(unknown) });

        results.Count(r => Outcome(r) == "done").ShouldBe(2);
        results.Single(r => IdOf(r) == unknown).GetProperty("outcome").GetString().ShouldBe("not-found");
        var failed = results.Single(r => Outcome(r) == "failed");
        failed.GetProperty("error").GetString()!.ShouldContain("still poison");
        (await LettersAsync(client, "?state=open")).ShouldHaveSingleItem();
        (await LettersAsync(client, "?state=redriven")).Count.ShouldBe(2);
        var again = await PostAsync(client, "redrive", new { ids = letters.Select(IdOf) });
        again.Count(r => Outcome(r) == "redriven").ShouldBe(2, "what was taken once is not handed over again");
        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(2);
    }

    [Fact]
    public async Task A_discarded_letter_stays_with_its_note_and_is_never_handled_again()
    {
        await using var service = await PoisonedAsync("poison", "poison");
        using var client = service.CreateClient();
        var letters = await LettersAsync(client, "");
        var (gone, kept) = (IdOf(letters[0]), IdOf(letters[1]));

        var results = await PostAsync(
            client,
            "discard",
            new { ids = new[] { gone }, note = " 시험 주문이라 버립니다 " }
        );

        results.ShouldHaveSingleItem().GetProperty("outcome").GetString().ShouldBe("done");
        var discarded = (await LettersAsync(client, "?state=discarded")).ShouldHaveSingleItem();
        IdOf(discarded).ShouldBe(gone);
        discarded.GetProperty("discardNote").GetString().ShouldBe("시험 주문이라 버립니다");
        discarded.GetProperty("discardedBy").GetString().ShouldBe("관리자");
        discarded.GetProperty("discardedAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await LettersAsync(client, "?state=open")).Select(IdOf).ShouldBe([kept]);
        var status = await client.GetFromJsonAsync<JsonElement>("/messaging");
        status.GetProperty("deadLetters").GetInt64().ShouldBe(1);

        service.Instructions.Poison.Clear();
        (await client.PostAsync($"/dead-letters/{gone}/redrive", null)).StatusCode.ShouldBe(HttpStatusCode.Conflict);
        (await PostAsync(client, "redrive", new { ids = new[] { gone } }))
            .ShouldHaveSingleItem()
            .GetProperty("outcome")
            .GetString()
            .ShouldBe("discarded");
        (await service.ScalarAsync<long>("select count(*) from seen")).ShouldBe(0);
        (await PostAsync(client, "discard", new { ids = new[] { gone, Guid.NewGuid() }, note = "또" }))
            .Select(Outcome)
            .ShouldBe(["discarded", "not-found"], ignoreOrder: true);
    }

    [Fact]
    public async Task Letters_are_found_by_type_and_show_their_headers_but_nothing_that_pays()
    {
        var options = await Servers.NewServiceAsync() with { Settings = NoRetries };
        await using var service = await TestService.StartAsync(options);
        using var client = service.CreateClient();
        await KafkaClient.ProduceAsync(
            options.Kafka,
            options.Topic,
            """{"paymentToken":"tok_abc","number":true}"""u8.ToArray(),
            ("ce_id", Guid.NewGuid().ToString()),
            ("ce_type", "test.note.v1"),
            ("ce_source", "/x"),
            ("ce_subject", Guid.NewGuid().ToString())
        );
        await KafkaClient.ProduceAsync(options.Kafka, options.Topic, "no headers"u8.ToArray());
        await Eventually.True(async () => await service.ScalarAsync<long>("select count(*) from dead_letters") == 2);

        var letter = (await LettersAsync(client, "?type=test.note.v1&state=open")).ShouldHaveSingleItem();

        letter.GetProperty("headers").GetProperty("ce_source").GetString().ShouldBe("/x");
        letter.GetProperty("payload").GetString().ShouldBe("""{"paymentToken":"•••","number":true}""");
        (await LettersAsync(client, "?type=test.echo.v1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_was_done_is_written_down_with_who_and_why()
    {
        await using var service = await PoisonedAsync("poison", "poison");
        using var client = service.CreateClient();
        var letters = (await LettersAsync(client, "")).Select(IdOf).ToList();
        await PostAsync(client, "redrive", new { ids = letters });
        await PostAsync(client, "discard", new { ids = letters.Take(1), note = "버림" });

        var entries = await AuditAsync(client, $"?subject={letters[0]}");

        entries
            .Select(e => e.GetProperty("action").GetString())
            .ShouldBe(["dead-letter.discard", "dead-letter.redrive"]);
        entries[0].GetProperty("note").GetString().ShouldBe("버림");
        entries[0].GetProperty("adminId").GetGuid().ShouldBe(TestService.AdminId);
        entries[0].GetProperty("adminName").GetString().ShouldBe("관리자");
        entries[1].GetProperty("note").GetString()!.ShouldContain("I do not like poison");
        (await AuditAsync(client, "")).Count.ShouldBe(3);
        (await client.GetAsync("/audit?pageSize=101")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("redrive", """{"ids":[]}""", "ids")]
    [InlineData("redrive", """{}""", "ids")]
    [InlineData("discard", """{"ids":["01970000-0000-7000-8000-000000000001"],"note":"  "}""", "note")]
    [InlineData("discard", """{"ids":["01970000-0000-7000-8000-000000000001"]}""", "note")]
    [InlineData("discard", """{"ids":["01970000-0000-7000-8000-000000000001"],"note":"a\u0000"}""", "note")]
    public async Task Bad_input_is_refused_by_field(string action, string body, string field)
    {
        await using var service = await TestService.StartAsync(await Servers.NewServiceAsync(consumer: null));
        using var client = service.CreateClient();
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");

        using var response = await client.PostAsync($"/dead-letters/{action}", content);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadFromJsonAsync<JsonElement>())
            .GetProperty("errors")
            .EnumerateObject()
            .Select(error => error.Name)
            .ShouldBe([field]);
        (await client.GetAsync("/dead-letters?state=lost")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    /// <summary>A service whose handler has given up on one note for each text.</summary>
    private static async Task<TestService> PoisonedAsync(params string[] texts)
    {
        var service = await TestService.StartAsync(await Servers.NewServiceAsync() with { Settings = NoRetries });
        foreach (var text in texts)
        {
            service.Instructions.Poison[text] = true;
        }

        await service.PublishAsync(Guid.NewGuid(), [.. texts.Select((text, i) => new Note(i, text))]);
        await Eventually.True(async () =>
            await service.ScalarAsync<long>("select count(*) from dead_letters") == texts.Length
        );
        return service;
    }

    private static async Task<List<JsonElement>> LettersAsync(HttpClient client, string query) =>
        [
            .. (await client.GetFromJsonAsync<JsonElement>("/dead-letters" + query))
                .GetProperty("items")
                .EnumerateArray(),
        ];

    private static async Task<List<JsonElement>> AuditAsync(HttpClient client, string query) =>
        [.. (await client.GetFromJsonAsync<JsonElement>("/audit" + query)).GetProperty("items").EnumerateArray()];

    private static async Task<List<JsonElement>> PostAsync(HttpClient client, string action, object body)
    {
        using var response = await client.PostAsJsonAsync($"/dead-letters/{action}", body);
        response.EnsureSuccessStatusCode();
        return [.. (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("results").EnumerateArray()];
    }

    private static Guid IdOf(JsonElement letter) => letter.GetProperty("id").GetGuid();

    private static string? Outcome(JsonElement result) => result.GetProperty("outcome").GetString();
}
