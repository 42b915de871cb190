using Microsoft.AspNetCore.Components;

namespace Commerce.Storefront.Shared;

/// <summary>A page that reads again by the clock, only while somebody has it open (not while prerendering).</summary>
public abstract class PollingPage : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    /// <summary>Ends when the page is left.</summary>
    protected CancellationToken Gone => _gone.Token;

    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gone.Cancel();
            _gone.Dispose();
        }
    }

    /// <summary>Calls <see cref="TickAsync"/> on the page's own thread, never twice at once, and renders after it.</summary>
    protected async Task TickEveryAsync(TimeSpan pause)
    {
        using var timer = new PeriodicTimer(pause);
        var gone = _gone.Token;
        try
        {
            while (await timer.WaitForNextTickAsync(gone))
            {
                await InvokeAsync(async () =>
                {
                    await TickAsync();
                    if (!gone.IsCancellationRequested)
                    {
                        StateHasChanged();
                    }
                });
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left; nobody waits for this any more.
        }
    }

    protected abstract Task TickAsync();
}
