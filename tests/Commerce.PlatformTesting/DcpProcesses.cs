using System.Globalization;
using Commerce.ServerProcesses.Processes;

namespace Commerce.PlatformTesting;

/// <summary>DCP, which leaves its parent and watches it instead.</summary>
public static class DcpProcesses
{
    /// <summary>Those that end when this app host does. Everything else of its platform is below them.</summary>
    public static IReadOnlyList<int> Watching(int appHost)
    {
        var watches = string.Create(CultureInfo.InvariantCulture, $" --monitor {appHost} ");
        return
        [
            .. ProcessTree
                .All()
                .Where(id => (ProcessTree.CommandLineOf(id) + " ").Contains(watches, StringComparison.Ordinal)),
        ];
    }
}
