namespace Commerce.Platform.Tests.Security;

/// <summary>Every endpoint of every running service, asked by everybody.</summary>
[Collection(PlatformCollection.Name)]
public sealed class AccessTests(Cast cast) : IClassFixture<Cast>, IDisposable
{
    private readonly HttpClient _http = new();

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Every_endpoint_is_in_the_table_and_the_table_has_no_other()
    {
        var served = (await ApiDocuments.ReadAsync(cast.Platform)).Select(operation => operation.ToString());

        AccessTable.Rows.Select(row => row.Endpoint).ShouldBe(served, ignoreOrder: true);
    }

    [Fact]
    public async Task Everybody_gets_what_is_theirs_and_nothing_else()
    {
        var requests = new AccessRequests(cast);
        var wrong = new List<string>();
        foreach (var (endpoint, expected) in AccessTable.Rows)
        {
            foreach (var (name, want) in AccessTable.People.Zip(expected).Where(cell => cell.Second != "-"))
            {
                using var request = await requests.BuildAsync(endpoint, Called(name));
                using var response = await _http.SendAsync(request);
                if (!Fits(want, (int)response.StatusCode))
                    wrong.Add(
                        $"{endpoint} as {name}: {want} expected, {(int)response.StatusCode} came: "
                            + await response.Content.ReadAsStringAsync()
                    );
            }
        }

        wrong.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_needs_a_token_takes_no_expired_and_no_forged_one()
    {
        var requests = new AccessRequests(cast);
        var key = await PlatformKey.ReadAsync(cast.Platform);
        var tokens = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["expired"] = key.Token(cast.ShopperId, "admin", TimeSpan.FromHours(-1)),
            ["garbage"] = "eyJhbGciOiJFUzI1NiJ9.bm9uc2Vuc2U.bm9uc2Vuc2U",
            ["of a stranger's key"] = PlatformKey.Stranger(key.Id).Token(cast.ShopperId, "admin"),
        };
        var open = new List<string>();
        foreach (var (endpoint, _) in AccessTable.Rows.Where(row => row.Expected[0] == "401"))
        {
            foreach (var (kind, token) in tokens)
            {
                using var request = await requests.BuildAsync(endpoint, cast.Shopper);
                request.Headers.Authorization = new("Bearer", token);
                using var response = await _http.SendAsync(request);
                if ((int)response.StatusCode != 401)
                    open.Add($"{endpoint} with a token that is {kind}: {(int)response.StatusCode}");
            }
        }

        open.ShouldBeEmpty();
    }

    [Fact]
    public async Task No_list_shows_a_stranger_what_belongs_to_the_first_shopper()
    {
        var requests = new AccessRequests(cast);
        string[] secrets =
        [
            Cast.Marker,
            Cast.Address.Recipient,
            Cast.Address.Phone,
            cast.Shopper.Email,
            $"{cast.OrderId}",
        ];
        var told = new List<string>();
        foreach (
            var (endpoint, expected) in AccessTable.Rows.Where(row =>
                row.Endpoint.Contains(" GET ", StringComparison.Ordinal)
            )
        )
        {
            foreach (var name in new[] { "guest", "stranger", "rival", "applicant" })
            {
                if (expected[AccessTable.People.ToList().IndexOf(name)] != "ok")
                    continue;
                using var request = await requests.BuildAsync(endpoint, Called(name));
                using var response = await _http.SendAsync(request);
                var body = await response.Content.ReadAsStringAsync();
                told.AddRange(
                    secrets
                        .Where(secret => body.Contains(secret, StringComparison.Ordinal))
                        .Select(secret => $"{endpoint} tells {name} {secret}")
                );
            }
        }

        told.ShouldBeEmpty();
        // The words are there to be found: whom they belong to sees them.
        using var own = await requests.BuildAsync("order GET /orders/{id}", cast.Shopper);
        using var order = await _http.SendAsync(own);
        (await order.Content.ReadAsStringAsync()).ShouldContain(Cast.Marker);
    }

    private Person? Called(string name) =>
        name switch
        {
            "guest" => null,
            "shopper" => cast.Shopper,
            "stranger" => cast.OtherShopper,
            "farmer" => cast.Farmer,
            "rival" => cast.OtherFarmer,
            "applicant" => cast.Applicant,
            "admin" => cast.Admin,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "nobody of that name"),
        };

    private static bool Fits(string want, int status) =>
        want switch
        {
            "ok" => status is (>= 200 and < 300) or 409,
            "none" or "hidden" => status == 404,
            _ => int.Parse(want, System.Globalization.CultureInfo.InvariantCulture) == status,
        };
}
