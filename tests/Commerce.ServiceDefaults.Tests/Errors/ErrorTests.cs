using System.Net;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Commerce.ServiceDefaults.Tests.Errors;

public sealed class ErrorTests : IAsyncLifetime
{
    private SampleService _service = null!;

    public async Task InitializeAsync() => _service = await SampleService.StartAsync();

    public async Task DisposeAsync() => await _service.DisposeAsync();

    [Theory]
    [InlineData("""{"email":1,"password":"p","name":"n","role":"shopper"}""", "email")]
    [InlineData("""{"email":null,"password":"p","name":"n","role":"shopper"}""", "email")]
    [InlineData("""{"email":"e","name":"n","role":"shopper"}""", "password")]
    [InlineData("""{"email":"e" """, "body")]
    [InlineData("[1]", "body")]
    [InlineData("null", "body")]
    [InlineData("", "body")]
    public async Task Malformed_json_is_a_400_that_names_the_field(string json, string field) =>
        await (await PostAsync("/accounts", json)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);

    [Fact]
    public async Task All_missing_fields_are_named_at_once() =>
        await (await PostAsync("/accounts", """{"name":"n"}""")).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "email",
            "password",
            "role"
        );

    [Theory]
    [InlineData("\"2\"")]
    [InlineData("2.5")]
    [InlineData("1e99")]
    [InlineData("true")]
    public async Task A_number_is_a_number(string quantity)
    {
        const string Order = """
            {"items":[{"fruitId":"01970000-0000-7000-8000-000000000001","quantity":QUANTITY}],"paymentToken":"t",
             "address":{"recipient":"r","phone":"p","postalCode":"c","line1":"l"}}
            """;
        var json = Order.Replace("QUANTITY", quantity, StringComparison.Ordinal);
        await (await PostAsync("/addresses", json)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "items[0].quantity"
        );
    }

    [Fact]
    public async Task Unknown_fields_are_passed_over() =>
        await (
            await PostAsync(
                "/accounts",
                """{"email":"e","password":"p","name":"n","role":"shopper","later":{"x":[1]}}"""
            )
        ).ShouldBeAsync(HttpStatusCode.OK);

    [Fact]
    public async Task Depth_is_limited()
    {
        var json =
            $$"""{"email":"e","password":"p","name":"n","role":"shopper","x":{{new string('[', 100)}}{{new string(']', 100)}}}""";
        (await PostAsync("/accounts", json)).StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task A_megabyte_is_too_large() =>
        await (await PostAsync("/accounts", new string(' ', 1_000_000))).ShouldBeProblemAsync(
            HttpStatusCode.RequestEntityTooLarge
        );

    [Fact]
    public async Task Korean_comes_back_readable()
    {
        var response = await PostAsync(
            "/accounts",
            """{"email":"e","password":"p","name":"청송 <사과>","role":"shopper"}"""
        );
        (await response.Content.ReadAsStringAsync()).ShouldContain("\"청송 \\u003C사과\\u003E\"");
    }

    [Fact]
    public async Task A_query_of_the_wrong_form_is_named() =>
        await (await GetAsync("/pages?page=x")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "page");

    [Fact]
    public async Task A_missing_query_is_named() =>
        await (await GetAsync("/pages")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "page");

    [Fact]
    public async Task An_unknown_path_is_a_404_with_a_body() =>
        await (await GetAsync("/nothing")).ShouldBeProblemAsync(HttpStatusCode.NotFound);

    [Fact]
    public async Task A_wrong_method_is_a_405_with_a_body() =>
        await (await GetAsync("/accounts")).ShouldBeProblemAsync(HttpStatusCode.MethodNotAllowed);

    [Fact]
    public async Task A_wrong_content_type_is_a_415_with_a_body()
    {
        using var client = _service.Client();
        using var form = new StringContent("email=e", Encoding.UTF8, "application/x-www-form-urlencoded");
        var response = await client.PostAsync(new Uri("/accounts", UriKind.Relative), form);
        await response.ShouldBeProblemAsync(HttpStatusCode.UnsupportedMediaType);
    }

    [Theory]
    [InlineData("application/json; charset=nonsense", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain; charset=\"no such\"", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("application/json; charset=\"utf-8\"", HttpStatusCode.BadRequest)]
    [InlineData("application/json", HttpStatusCode.BadRequest)]
    public async Task An_unknown_encoding_is_the_senders_fault(string contentType, HttpStatusCode status)
    {
        using var content = new ByteArrayContent("[1]"u8.ToArray());
        content.Headers.TryAddWithoutValidation("Content-Type", contentType);
        using var client = _service.Client();
        await (await client.PostAsync(new Uri("/accounts", UriKind.Relative), content)).ShouldBeProblemAsync(status);
    }

    [Fact]
    public async Task An_exception_says_nothing_of_the_inside()
    {
        var response = await GetAsync("/broken");
        await response.ShouldBeProblemAsync(HttpStatusCode.InternalServerError);
        (await response.Content.ReadAsStringAsync()).ShouldNotContain("hunter2");
    }

    [Fact]
    public async Task An_exception_is_in_the_log_and_a_bad_request_is_not()
    {
        using var log = new WrittenLog();
        await using var service = await SampleService.StartAsync(configure: builder =>
            builder.Logging.AddProvider(log)
        );
        using var client = service.Client();
        using var nonsense = new StringContent("{", Encoding.UTF8, "application/json");
        await client.PostAsync(new Uri("/accounts", UriKind.Relative), nonsense);
        log.Errors.ShouldBeEmpty();

        await client.GetAsync(new Uri("/broken", UriKind.Relative));

        log.Errors.ShouldHaveSingleItem().ShouldContain("hunter2");
    }

    [Fact]
    public async Task A_browser_gets_problem_details_too()
    {
        using var client = _service.Client();
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html");
        await (await client.GetAsync(new Uri("/nothing", UriKind.Relative))).ShouldBeProblemAsync(
            HttpStatusCode.NotFound
        );
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string json)
    {
        using var client = _service.Client();
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        return await client.PostAsync(new Uri(path, UriKind.Relative), content);
    }

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var client = _service.Client();
        return await client.GetAsync(new Uri(path, UriKind.Relative));
    }
}
