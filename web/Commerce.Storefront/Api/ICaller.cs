namespace Commerce.Storefront.Api;

/// <summary>On whose behalf services are called.</summary>
public interface ICaller
{
    /// <summary>A service did not give what was asked of it: what is drawn from now on is not all that there is.</summary>
    bool IsDegraded { get; set; }

    /// <summary>A token that holds for at least a moment; null for guests and for sessions that ended.</summary>
    Task<string?> AccessTokenAsync(CancellationToken cancellationToken = default);

    /// <summary>The guest's cart; null when signed in.</summary>
    Task<string?> CartIdAsync();
}
