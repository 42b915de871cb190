using System.Net;
using System.Text.Json;
using Shouldly;

namespace Commerce.Testing;

/// <summary>Assertions on answers; on failure they show the body.</summary>
public static class ResponseAssertions
{
    /// <summary>The answer is problem details of that status (RFC 9457) with a trace id; returns its body.</summary>
    /// <param name="fields">Each must appear in <c>errors</c>, with at least one message.</param>
    public static async Task<JsonElement> ShouldBeProblemAsync(
        this HttpResponseMessage response,
        HttpStatusCode status,
        params string[] fields
    )
    {
        var body = await response.Content.ReadAsStringAsync();
        response.StatusCode.ShouldBe(status, body);
        response.Content.Headers.ContentType?.MediaType.ShouldBe("application/problem+json", body);
        var problem = JsonDocument.Parse(body).RootElement;
        problem.GetProperty("status").GetInt32().ShouldBe((int)status, body);
        problem.GetProperty("title").GetString().ShouldNotBeNullOrWhiteSpace(body);
        problem.GetProperty("traceId").GetString().ShouldNotBeNullOrWhiteSpace(body);
        foreach (var field in fields)
        {
            problem.GetProperty("errors").TryGetProperty(field, out var messages).ShouldBeTrue($"{field} in {body}");
            messages.GetArrayLength().ShouldBeGreaterThan(0, body);
        }

        return problem;
    }

    /// <summary>The answer has that status; on failure its body is in the message.</summary>
    public static async Task<HttpResponseMessage> ShouldBeAsync(
        this HttpResponseMessage response,
        HttpStatusCode status
    )
    {
        response.StatusCode.ShouldBe(status, await response.Content.ReadAsStringAsync());
        return response;
    }

    /// <summary>The body as <typeparamref name="T"/>, after checking that the answer is a success.</summary>
    public static async Task<T> ReadAsync<T>(this HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        response.IsSuccessStatusCode.ShouldBeTrue($"{(int)response.StatusCode} {body}");
        return JsonSerializer.Deserialize<T>(body, JsonSerializerOptions.Web)!;
    }
}
