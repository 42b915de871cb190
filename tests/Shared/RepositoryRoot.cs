namespace Commerce.Testing;

/// <summary>Where the checkout is that these tests were built from. Compiled into every test project.</summary>
internal static class RepositoryRoot
{
    /// <summary>The folder with <c>Commerce.sln</c>.</summary>
    public static string Path { get; } = Find();

    /// <summary><c>Debug</c> or <c>Release</c>: how this test was built, and so what it starts.</summary>
    public static string Configuration { get; } = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    /// <summary>The built AppHost.</summary>
    public static string AppHost =>
        System.IO.Path.Combine(Path, "Commerce.AppHost", "bin", Configuration, "net10.0", "Commerce.AppHost.dll");

    private static string Find()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(System.IO.Path.Combine(folder, "Commerce.sln")))
            folder =
                System.IO.Path.GetDirectoryName(folder)
                ?? throw new InvalidOperationException("Not inside a checkout.");
        return folder;
    }
}
