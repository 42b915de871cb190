namespace Commerce.Contracts.Events;

/// <summary>A new account. Carries no e-mail address: consumers that show a name have it here. Key: account id.</summary>
/// <param name="Role"><c>shopper</c>, <c>farmer</c> or <c>admin</c>.</param>
public sealed record AccountRegistered(Guid AccountId, string Name, string Role);

/// <summary>An admin let a farmer sell. Catalog opens the farm; its id is the farmer's account id. Key: account id.</summary>
public sealed record FarmerApproved(Guid AccountId, string FarmName, string FarmNameEn, string Region);

/// <summary>
/// An admin stopped a farm's sales; orders that run go on. Key: account id. Of this and <see cref="FarmerReinstated"/> the
/// one with the latest <paramref name="At"/> holds.
/// </summary>
/// <param name="Reason">In the admin's words; the farmer reads it.</param>
public sealed record FarmerSuspended(Guid AccountId, string Reason, DateTimeOffset At);

/// <summary>A suspended farm sells again. Key: account id.</summary>
public sealed record FarmerReinstated(Guid AccountId, DateTimeOffset At);
