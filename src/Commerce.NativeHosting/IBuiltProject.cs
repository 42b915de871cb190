namespace Commerce.NativeHosting;

/// <summary>Where the build put a project of the app model; written beside Aspire's own metadata by our targets.</summary>
public interface IBuiltProject
{
    /// <summary>Full path of the assembly to run.</summary>
    string AssemblyPath { get; }
}
