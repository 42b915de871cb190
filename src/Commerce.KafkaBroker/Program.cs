using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Commerce.KafkaBroker;

// A Kafka broker in one process and in memory, for development and tests on machines without containers.
if (!BrokerOptions.TryParse(args, out var options, out var error))
{
    await Console.Error.WriteLineAsync($"{error}\n{BrokerOptions.Usage}");
    return 2;
}

using var stop = new CancellationTokenSource();
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

// Stays with its parent: a pipe from it closes even when the parent dies by SIGKILL.
var parentGone = options.ExitWithParent ? Task.Run(ReadStandardInputToItsEnd) : Task.Delay(Timeout.Infinite);

try
{
    using var broker = EmbeddedBroker.Start(
        new IPEndPoint(options.Bind, options.Port),
        options.Advertised,
        options.Topics,
        options.Partitions
    );
    Console.WriteLine($"ready {broker.Address}");
    var silent = SelfCheck.UntilSilentAsync(broker.Local, stop.Token);
    return await Task.WhenAny(parentGone, silent) == silent && silent.IsCompletedSuccessfully ? 3 : 0;
}
catch (SocketException e)
{
    await Console.Error.WriteLineAsync($"{options.Bind}:{options.Port}: {e.Message}");
    return 1;
}

void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}

static void ReadStandardInputToItsEnd()
{
    using var input = Console.OpenStandardInput();
    input.CopyTo(Stream.Null);
}
