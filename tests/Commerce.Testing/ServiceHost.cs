using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Extensions.Hosting;

namespace Commerce.Testing;

/// <summary>
/// A service's real Program on real Kestrel inside the test process. Two of them on the same <see cref="Infrastructure"/>
/// are two replicas.
/// </summary>
/// <param name="configuration">As the environment would say it, with <c>:</c> between the parts.</param>
public sealed class ServiceHost<TEntryPoint>(IReadOnlyDictionary<string, string?> configuration)
    : WebApplicationFactory<TEntryPoint>
    where TEntryPoint : class
{
    private Uri? _address;

    /// <summary>Where it listens.</summary>
    public Uri Address => _address ?? throw new InvalidOperationException("not started");

    /// <summary>Starts the service and returns once it listens.</summary>
    public ServiceHost<TEntryPoint> Listen()
    {
        // Not UseKestrel(port): it sets the address on a server that the program may have started by then.
        UseKestrel();
        StartServer();
        _address = ClientOptions.BaseAddress;
        return this;
    }

    /// <summary>A client, with a token or without. Redirects are not followed.</summary>
    public HttpClient Client(string? token = null)
    {
        var client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        if (token is not null)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        return client;
    }

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        builder.UseEnvironment(Environments.Production);
        builder.UseUrls("http://127.0.0.1:0");
        foreach (var (key, value) in configuration)
        {
            builder.UseSetting(key, value);
        }
    }
}
