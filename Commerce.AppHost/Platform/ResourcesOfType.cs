namespace Commerce.AppHost.Platform;

internal static class ResourcesOfType
{
    /// <summary>What the model has of this kind by now, each to be added to.</summary>
    public static IEnumerable<IResourceBuilder<T>> All<T>(this IDistributedApplicationBuilder builder)
        where T : IResource => builder.Resources.OfType<T>().ToList().Select(builder.CreateResourceBuilder);
}
