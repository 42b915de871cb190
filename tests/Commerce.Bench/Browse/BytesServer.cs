using System.Text.Json;
using Commerce.Bench.Processes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Commerce.Bench.Browse;

/// <summary>The least that the same web server does for the same answer: no routing, no work, always these bytes.</summary>
internal sealed class BytesServer : IRole
{
    public const string Role = "serve-bytes";
    private readonly WebApplication _app;

    private BytesServer(WebApplication app) => _app = app;

    public string Said => _app.Urls.First();

    /// <param name="file">Name of a JSON file with the answer, as a JSON string.</param>
    public static async Task<IRole> StartAsync(string file)
    {
        var path = JsonSerializer.Deserialize<string>(file)!;
        var answer = JsonSerializer.Deserialize<CapturedAnswer>(await File.ReadAllTextAsync(path))!;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.Run(context => AnswerAsync(context.Response, answer));
        await app.StartAsync();
        return new BytesServer(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private static async Task AnswerAsync(HttpResponse response, CapturedAnswer answer)
    {
        foreach (var (name, value) in answer.Headers)
        {
            response.Headers.Append(name, value);
        }

        response.ContentLength = answer.Body.Length;
        await response.Body.WriteAsync(answer.Body);
    }
}
