namespace Commerce.Contracts.Api;

/// <summary>POST /accounts. For a farmer, <paramref name="FarmName"/> and <paramref name="Region"/> name the farm that opens on approval.</summary>
/// <param name="Role"><c>shopper</c> or <c>farmer</c>.</param>
public sealed record RegisterAccount(
    string Email,
    string Password,
    string Name,
    string Role,
    string? FarmName = null,
    string? Region = null
);

/// <summary>Answer of POST /accounts (201).</summary>
public sealed record AccountCreated(Guid Id);

/// <summary>POST /tokens.</summary>
public sealed record SignInRequest(string Email, string Password);

/// <summary>POST /tokens/refresh.</summary>
public sealed record RefreshTokens(string RefreshToken);

/// <summary>Answer of both. <paramref name="ExpiresIn"/> in seconds.</summary>
public sealed record Tokens(string AccessToken, string RefreshToken, int ExpiresIn);

/// <summary>GET /me. <paramref name="Approved"/>: farmers wait for an admin, everyone else is approved at once.</summary>
/// <param name="SuspensionReason">Why a farmer may not sell at present, in the admin's words; null: may.</param>
public sealed record Account(
    Guid Id,
    string Email,
    string Name,
    string Role,
    bool Approved,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SuspendedAt = null,
    string? SuspensionReason = null
);

/// <summary>PUT /me.</summary>
public sealed record UpdateAccount(string Name);

/// <summary>POST /me/password: ends every session and answers with <see cref="Tokens"/> of a new one.</summary>
public sealed record ChangePasswordRequest(string Current, string New);

/// <summary>POST /me/addresses and PUT /me/addresses/{id}.</summary>
/// <param name="IsDefault">Becomes the default. False leaves the default where it is; the first address is it in any case.</param>
public sealed record NewAddress(
    string Label,
    string Recipient,
    string Phone,
    string PostalCode,
    string Line1,
    string? Line2 = null,
    bool IsDefault = false
);

/// <summary>GET /me/addresses: the default first, then the oldest.</summary>
public sealed record SavedAddress(
    Guid Id,
    string Label,
    string Recipient,
    string Phone,
    string PostalCode,
    string Line1,
    string? Line2,
    bool IsDefault = false
);

/// <summary>GET /farmers?status=pending|approved|suspended (admin).</summary>
public sealed record FarmerApplication(
    Guid Id,
    string Name,
    string Email,
    string FarmName,
    string Region,
    bool Approved,
    DateTimeOffset CreatedAt,
    DateTimeOffset? SuspendedAt = null,
    string? SuspensionReason = null
);
