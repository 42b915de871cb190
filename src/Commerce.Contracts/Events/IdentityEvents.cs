namespace Commerce.Contracts.Events;

/// <summary>A new account. Carries no e-mail address: consumers that show a name have it here. Key: account id.</summary>
/// <param name="Role"><c>shopper</c>, <c>farmer</c> or <c>admin</c>.</param>
public sealed record AccountRegistered(Guid AccountId, string Name, string Role);

/// <summary>An admin let a farmer sell. Catalog opens the farm; its id is the farmer's account id. Key: account id.</summary>
public sealed record FarmerApproved(Guid AccountId, string FarmName, string FarmNameEn, string Region);
