namespace Commerce.Identity.Sessions;

/// <summary>Configuration section <c>SignIn</c>.</summary>
internal sealed class SignInOptions
{
    /// <summary>Wrong passwords for one e-mail from one address, within <see cref="Window"/>, before 429.</summary>
    public int Failures { get; init; } = 10;

    public TimeSpan Window { get; init; } = TimeSpan.FromMinutes(15);
}
