using System.Net.Http.Json;
using System.Text.Json;

namespace Commerce.Platform.Tests.Security;

/// <summary>One call of a service, as its OpenAPI document describes it.</summary>
/// <param name="Path">The template: <c>/orders/{id}</c>.</param>
/// <param name="Details">The operation's object in the document.</param>
/// <param name="Document">The whole document, which the operation's schemas point into.</param>
public sealed record Operation(
    string Service,
    HttpMethod Method,
    string Path,
    JsonElement Details,
    JsonElement Document
)
{
    public override string ToString() => $"{Service} {Method} {Path}";
}

/// <summary>What the running services say that they offer.</summary>
public static class ApiDocuments
{
    public static readonly string[] Services = ["identity", "catalog", "order", "payment", "delivery"];

    public static async Task<IReadOnlyList<Operation>> ReadAsync(Platform platform)
    {
        using var http = new HttpClient();
        var operations = new List<Operation>();
        foreach (var service in Services)
        {
            var document = await http.GetFromJsonAsync<JsonElement>(
                new Uri(new Uri(platform.Urls[service]), "openapi/v1.json")
            );
            operations.AddRange(
                from path in document.GetProperty("paths").EnumerateObject()
                from method in path.Value.EnumerateObject()
                where method.Name is "get" or "put" or "post" or "delete" or "patch" or "head" or "options"
                select new Operation(service, HttpMethod.Parse(method.Name), path.Name, method.Value, document)
            );
        }
        return operations;
    }
}
