using System.Reflection;
using System.Runtime.CompilerServices;
using Commerce.Contracts;
using Commerce.Data;
using Commerce.Messaging;
using Commerce.ServiceDefaults;
using Commerce.ServiceDefaults.Authentication;
using Microsoft.AspNetCore.Builder;

namespace Commerce.Hosting;

/// <summary>What the services have in common: they differ by their name, by what they listen to and by their use cases.</summary>
public static class CommerceService
{
    /// <summary>
    /// Adds the defaults of every process, the checks of tokens, the API document, the database <c>{name}db</c> with the
    /// migrations of the calling assembly, and messaging as <c>/commerce/{name}</c> on the topic <c>commerce.{name}</c>.
    /// </summary>
    /// <param name="name">Such as <c>order</c>.</param>
    /// <param name="consume">Adds the consumers; null: the service listens to nobody.</param>
    [MethodImpl(MethodImplOptions.NoInlining)] // or the caller would be another
    public static WebApplicationBuilder AddCommerceService(
        this WebApplicationBuilder builder,
        string name,
        Action<MessagingBuilder>? consume = null
    )
    {
        var messaging = new MessagingBuilder
        {
            Source = "/commerce/" + name,
            Topic = "commerce." + name,
            EventTypes = EventTypes.Names,
            Json = ContractsJson.Default,
        };
        consume?.Invoke(messaging);

        builder.AddServiceDefaults(ContractsJson.Default);
        builder.AddTokenAuthentication();
        builder.AddApiDocument($"Commerce {char.ToUpperInvariant(name[0])}{name[1..]}");
        builder.AddDatabase(name + "db", Assembly.GetCallingAssembly());
        builder.AddMessaging(name + "db", messaging);
        return builder;
    }

    /// <summary>The pipeline of every process, and the admin's endpoints of database and messaging.</summary>
    public static WebApplication UseCommerceService(this WebApplication app)
    {
        app.UseServiceDefaults();
        app.MapDatabase(Policies.Admin);
        app.MapMessaging(Policies.Admin);
        return app;
    }
}
