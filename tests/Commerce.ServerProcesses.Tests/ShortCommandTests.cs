using Commerce.ServerProcesses.Processes;

namespace Commerce.ServerProcesses.Tests;

public sealed class ShortCommandTests
{
    [Fact]
    public async Task A_command_that_is_over_before_it_was_looked_at_still_tells_its_code()
    {
        var deaf = new ProcessSpec("true", []) { Input = new string('x', 100_000) };
        for (var i = 0; i < 100; i++)
        {
            using var child = ChildProcess.Start(deaf);
            (await child.Exited).ShouldBe(0);
        }
    }
}
