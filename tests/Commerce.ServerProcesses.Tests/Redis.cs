using System.Net.Sockets;

namespace Commerce.ServerProcesses.Tests;

/// <summary>Inline commands over a socket: enough of the protocol to look at a server from outside.</summary>
internal static class Redis
{
    /// <summary>The first line of the last command's answer.</summary>
    public static async Task<string?> AskAsync(int port, params string[] commands)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        await using var stream = client.GetStream();
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        using var reader = new StreamReader(stream);
        string? answer = null;
        foreach (var command in commands)
        {
            await writer.WriteLineAsync(command);
            answer = await reader.ReadLineAsync();
        }

        return answer;
    }
}
