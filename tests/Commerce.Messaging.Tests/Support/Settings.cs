using Commerce.ServiceDefaults.Configuration;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Commerce.Messaging.Tests.Support;

internal static class Settings
{
    /// <summary>The options as a service reads them.</summary>
    /// <param name="settings">Null as value: the setting is not there.</param>
    /// <exception cref="OptionsValidationException">The service would not start.</exception>
    public static T Read<T>(params IEnumerable<(string Key, string? Value)> settings)
        where T : class =>
        new ServiceCollection()
            .AddSingleton<IConfiguration>(
                new ConfigurationBuilder()
                    .AddInMemoryCollection(
                        settings
                            .Where(setting => setting.Value is not null)
                            .Select(setting => KeyValuePair.Create(setting.Key, setting.Value))
                    )
                    .Build()
            )
            .AddValidatedOptions<T>("Messaging")
            .BuildServiceProvider()
            .GetRequiredService<T>();
}
