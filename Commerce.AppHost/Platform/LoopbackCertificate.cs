using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Commerce.ServerProcesses;

namespace Commerce.AppHost.Platform;

#pragma warning disable ASPIRECERTIFICATES001 // Evaluation only, and the one way to hand DCP a certificate.

/// <summary>
/// The certificate by which the app host knows DCP. Without one DCP makes an RSA key at each start, which takes 1 to 3 s of a
/// core, and Aspire asks on every start for a developer certificate that nothing here would use: all addresses are plain HTTP
/// on loopback. So nobody is asked to trust this one, and no resource is given it.
/// </summary>
internal sealed class LoopbackCertificate : IDeveloperCertificateService
{
    // By this extension Aspire knows certificates that it may hand to DCP.
    private const string AspNetDevelopment = "1.3.6.1.4.1.311.84.1.1";
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    private readonly Lazy<ImmutableList<X509Certificate2>> _certificates = new(() => [Load()]);

    public ImmutableList<X509Certificate2> Certificates => _certificates.Value;

    public bool SupportsContainerTrust => false;

    public bool UseForHttps => false;

    public bool TrustCertificate => false;

    /// <summary>One for all platforms of a user: Aspire keeps a copy of each that it has seen.</summary>
    private static string CacheFile =>
        Path.Combine(
            Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache
                ? cache
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
            "commerce",
            "loopback.pem"
        );

    private static X509Certificate2 Load()
    {
        try
        {
            var kept = X509Certificate2.CreateFromPemFile(CacheFile);
            if (kept.NotAfter > DateTime.Now.AddDays(1))
            {
                return kept;
            }
        }
        catch (Exception none) when (none is IOException or CryptographicException)
        {
            // The first platform of this user, or half a file.
        }

        return Create();
    }

    private static X509Certificate2 Create()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509Extension(AspNetDevelopment, [1], critical: false));
        var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow + Lifetime);
        Directory.CreateDirectory(Path.GetDirectoryName(CacheFile)!);
        // Moved into place: two platforms may start at once, and each has a whole one.
        var draft = $"{CacheFile}.{Environment.ProcessId}";
        Secret.Write(draft, certificate.ExportCertificatePem() + "\n" + key.ExportPkcs8PrivateKeyPem());
        File.Move(draft, CacheFile, overwrite: true);
        return certificate;
    }
}
