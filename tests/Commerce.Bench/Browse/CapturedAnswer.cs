using System.Net;

namespace Commerce.Bench.Browse;

/// <summary>An answer as it went over the wire: still compressed, with its headers.</summary>
internal sealed record CapturedAnswer(IReadOnlyList<KeyValuePair<string, string>> Headers, byte[] Body)
{
    /// <summary>Chosen anew by every server, or by its connection.</summary>
    private static readonly string[] NotKept = ["Transfer-Encoding", "Content-Length", "Date", "Server", "Connection"];

    public string? Encoding => Headers.FirstOrDefault(header => header.Key == "Content-Encoding").Value;

    /// <exception cref="HttpRequestException">It was no success.</exception>
    public static async Task<CapturedAnswer> OfAsync(Uri address, IEnumerable<(string Name, string Value)> headers)
    {
        using var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = DecompressionMethods.None,
            UseCookies = false,
        };
        using var http = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return new CapturedAnswer(
            [
                .. from header in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated)
                where !NotKept.Contains(header.Key)
                from value in header.Value
                select KeyValuePair.Create(header.Key, value),
            ],
            await response.Content.ReadAsByteArrayAsync()
        );
    }
}
