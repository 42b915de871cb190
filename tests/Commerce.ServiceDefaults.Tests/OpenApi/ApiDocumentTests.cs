using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Commerce.ServiceDefaults.Tests.OpenApi;

public sealed class ApiDocumentTests
{
    [Fact]
    public async Task The_document_says_what_needs_a_token()
    {
        await using var service = await SampleService.StartAsync();
        using var client = service.Client();
        var document = await client.GetFromJsonAsync<JsonElement>("/openapi/v1.json");

        document.GetProperty("info").GetProperty("title").GetString().ShouldBe("Sample");
        var paths = document.GetProperty("paths");
        var security = paths.GetProperty("/who").GetProperty("get").GetProperty("security")[0];
        security.TryGetProperty("Bearer", out _).ShouldBeTrue();
        paths.GetProperty("/address").GetProperty("get").TryGetProperty("security", out _).ShouldBeFalse();
        var scheme = document.GetProperty("components").GetProperty("securitySchemes").GetProperty("Bearer");
        scheme.GetProperty("scheme").GetString().ShouldBe("bearer");
    }

    [Theory]
    [InlineData("/swagger/index.html", "swagger-ui-bundle.js")]
    [InlineData("/swagger/index.js", "/openapi/v1.json")]
    [InlineData("/swagger/swagger-ui-bundle.js", "SwaggerUI")]
    public async Task Swagger_is_served_from_here(string path, string content)
    {
        await using var service = await SampleService.StartAsync();
        using var client = service.Client();
        var response = await client.GetAsync(new Uri(path, UriKind.Relative));
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var body = await response.Content.ReadAsStringAsync();
        body.ShouldContain(content);
        if (path.EndsWith(".html", StringComparison.Ordinal))
        {
            body.ShouldNotContain("://");
        }
    }
}
