using System.Text;
using System.Text.Json;
using Commerce.Catalog.Listings;
using Commerce.ServiceDefaults.Requests;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Commerce.Catalog.Fruits;

/// <summary>GET /fruits. Prices in whole KRW; an absent filter lets everything through.</summary>
/// <param name="Q">
/// Words that must all occur, each anywhere in name, variety, category, farm or region, Korean or English. A word that nothing
/// has is taken for what it resembles.
/// </param>
/// <param name="Region">A region such as <c>경북 청송</c>, or its province alone.</param>
/// <param name="Certification">One of the fruit's certifications, as it is written there.</param>
/// <param name="Sort">
/// <c>recommended</c> (default; with words, the closest first), <c>harvested</c> (the newest lots that can be had),
/// <c>newest</c>, <c>price</c>, <c>-price</c>, <c>brix</c>, <c>rating</c>.
/// </param>
/// <param name="PageSize">1–60, 24 when absent.</param>
internal sealed record FruitSearch(
    string? Q,
    string? Category,
    string? Region,
    string? Grade,
    string? Certification,
    bool? InSeason,
    long? MinPrice,
    long? MaxPrice,
    Guid? Farm,
    string? Sort,
    int? Page,
    int? PageSize
)
{
    /// <summary>Lower case; composed, since some keyboards send Korean as separate letters.</summary>
    public string[] Words =>
        (Q ?? "")
            .Normalize(NormalizationForm.FormC)
            .ToLowerInvariant()
            .Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

internal static class SearchFruits
{
    private const int MaxPageSize = 60;

    public static void Map(IEndpointRouteBuilder endpoints) =>
        endpoints
            .MapGet("/fruits", HandleAsync)
            .WithTags("Fruits")
            .WithSummary("Fruits for sale, searched, filtered, sorted and counted by facet")
            .Produces<Contracts.Api.FruitPage>()
            .Add(AnswerFromMemory);

    private static async Task<Results<JsonBytes, ValidationProblem>> HandleAsync(
        [AsParameters] FruitSearch search,
        HttpRequest request,
        NpgsqlDataSource database,
        ListingCache cache,
        IOptions<JsonOptions> json,
        TimeProvider time,
        CancellationToken cancellationToken
    )
    {
        if (Check(search) is { Failed: true } invalid)
            return invalid.Problem();

        search = search with { Q = string.Join(' ', search.Words) };
        var page = await cache.ListingAsync(
            Query(request),
            search.ToString(),
            async cancelled =>
                JsonSerializer.SerializeToUtf8Bytes(
                    await FindAsync(search, database, time.GetUtcNow(), cancelled),
                    json.Value.SerializerOptions
                ),
            cancellationToken
        );
        return new JsonBytes(page);
    }

    /// <summary>A page that is in memory is answered before the search is read from the request.</summary>
    private static void AnswerFromMemory(EndpointBuilder endpoint)
    {
        var find = endpoint.RequestDelegate!;
        endpoint.RequestDelegate = http =>
            http.RequestServices.GetRequiredService<ListingCache>().ListingInMemory(Query(http.Request)) is { } page
                ? new JsonBytes(page).ExecuteAsync(http)
                : find(http);
    }

    private static string Query(HttpRequest request) => request.QueryString.Value ?? "";

    private static async Task<Contracts.Api.FruitPage> FindAsync(
        FruitSearch search,
        NpgsqlDataSource database,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var page = await SearchResults.FindAsync(connection, search, now, cancellationToken);
        if (page.Total > 0 || search.Words.Length == 0)
            return page;
        var (words, suggestions) = await SearchWords.CorrectAsync(connection, search.Words, cancellationToken);
        if (words is null)
            return page with { Suggestions = suggestions };
        search = search with { Q = string.Join(' ', words) };
        page = await SearchResults.FindAsync(connection, search, now, cancellationToken);
        return page with { SearchedFor = search.Q, Suggestions = page.Total == 0 ? suggestions : null };
    }

    private static Validation Check(FruitSearch search)
    {
        var v = new Validation();
        v.OptionalText("q", search.Q, max: 100);
        v.OptionalText("category", search.Category, max: 40);
        v.OptionalText("region", search.Region, max: 40);
        v.OptionalText("grade", search.Grade, max: 10);
        v.OptionalText("certification", search.Certification, max: 30);
        v.Check("minPrice", search.MinPrice is null or >= 0, "must not be negative");
        v.Check("maxPrice", search.MaxPrice is null or >= 0, "must not be negative");
        v.Check("maxPrice", !(search.MaxPrice < search.MinPrice), "must not be below minPrice");
        v.Check(
            "sort",
            search.Sort is null || SearchResults.Sorts.Contains(search.Sort),
            $"must be one of {string.Join(", ", SearchResults.Sorts)}"
        );
        PageRequest.Read(search.Page, search.PageSize, v, MaxPageSize);
        return v;
    }
}

/// <summary>A body that was serialized before. A file's result would look for ranges and entity tags in every request.</summary>
internal sealed class JsonBytes(byte[] body) : IResult
{
    public Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        return response.Body.WriteAsync(body, 0, body.Length, httpContext.RequestAborted);
    }
}
