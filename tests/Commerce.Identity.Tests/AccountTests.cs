using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Commerce.Testing;

namespace Commerce.Identity.Tests;

[Collection(IdentityCollection.Name)]
public sealed class AccountTests(IdentityFixture identity)
{
    private static readonly NewAddress Home = new(
        "집",
        "김시험",
        "010-1234-5678",
        "37417",
        "경북 청송군 주왕산면 1",
        "2층"
    );

    public static TheoryData<string, string> Doors() =>
        new()
        {
            { "GET", "/me" },
            { "PUT", "/me" },
            { "GET", "/me/addresses" },
            { "POST", "/me/addresses" },
            { "DELETE", $"/me/addresses/{Guid.Empty}" },
            { "GET", "/farmers" },
            { "POST", $"/farmers/{Guid.Empty}/approve" },
            { "GET", "/messaging" },
            { "GET", "/dead-letters" },
        };

    [Theory]
    [MemberData(nameof(Doors))]
    public async Task Nothing_of_this_opens_without_a_token_of_ours(string method, string path)
    {
        string?[] tokens = [null, "nonsense", identity.Authority.AdminToken()];
        foreach (var token in tokens)
        {
            using var client = identity.Service.Client(token);
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Content = method is "PUT" or "POST" ? JsonContent.Create(new { }) : null,
            };
            await (await client.SendAsync(request)).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        }
    }

    [Fact]
    public async Task A_name_can_be_changed_and_the_next_token_has_it()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);
        var answer = await (await client.PutAsJsonAsync("/me", new UpdateAccount(" 새 이름 "))).ReadAsync<Account>();
        answer.Name.ShouldBe("새 이름");

        var refreshed = await (
            await client.PostAsJsonAsync("/tokens/refresh", new RefreshTokens(tokens.RefreshToken))
        ).ReadAsync<Tokens>();
        AccessTokenTests.Payload(refreshed.AccessToken).GetProperty("name").GetString().ShouldBe("새 이름");
    }

    [Fact]
    public async Task A_blank_name_is_refused()
    {
        var (_, _, tokens) = await identity.NewAccountAsync();
        using var client = identity.Service.Client(tokens.AccessToken);
        await (await client.PutAsJsonAsync("/me", new UpdateAccount(" "))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "name"
        );
    }

    [Fact]
    public async Task An_address_is_kept_listed_and_removed()
    {
        using var client = await NewClientAsync();
        var saved = await (await client.PostAsJsonAsync("/me/addresses", Home)).ReadAsync<SavedAddress>();
        saved.ShouldBe(
            new SavedAddress(saved.Id, "집", "김시험", "010-1234-5678", "37417", "경북 청송군 주왕산면 1", "2층")
        );
        (await ListAsync(client)).ShouldBe([saved]);

        (await client.DeleteAsync(new Uri($"/me/addresses/{saved.Id}", UriKind.Relative))).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await ListAsync(client)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_sees_or_removes_another_ones_address()
    {
        using var owner = await NewClientAsync();
        using var stranger = await NewClientAsync();
        var saved = await (await owner.PostAsJsonAsync("/me/addresses", Home)).ReadAsync<SavedAddress>();

        (await ListAsync(stranger)).ShouldBeEmpty();
        await (await stranger.DeleteAsync(new Uri($"/me/addresses/{saved.Id}", UriKind.Relative))).ShouldBeProblemAsync(
            HttpStatusCode.NotFound
        );
        (await ListAsync(owner)).ShouldBe([saved]);
    }

    [Theory]
    [InlineData("label", "")]
    [InlineData("recipient", "")]
    [InlineData("phone", "")]
    [InlineData("phone", "12345")]
    [InlineData("phone", "+82-10-1234-5678")]
    [InlineData("phone", "010-1234-567a")]
    [InlineData("postalCode", "")]
    [InlineData("postalCode", "1234")]
    [InlineData("postalCode", "123456")]
    [InlineData("postalCode", "１２３４５")]
    [InlineData("line1", " ")]
    public async Task A_bad_address_is_named_and_not_kept(string field, string value)
    {
        var bad = field switch
        {
            "label" => Home with { Label = value },
            "recipient" => Home with { Recipient = value },
            "phone" => Home with { Phone = value },
            "postalCode" => Home with { PostalCode = value },
            _ => Home with { Line1 = value },
        };
        using var client = await NewClientAsync();
        await (await client.PostAsJsonAsync("/me/addresses", bad)).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            field
        );
        (await ListAsync(client)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("02-123-4567")]
    [InlineData("0212345678")]
    [InlineData("031-123-4567")]
    [InlineData("01012345678")]
    [InlineData("0507-1234-5678")]
    public async Task Korean_numbers_are_taken_as_they_are_written(string phone)
    {
        using var client = await NewClientAsync();
        (await client.PostAsJsonAsync("/me/addresses", Home with { Phone = phone, Line2 = null })).StatusCode.ShouldBe(
            HttpStatusCode.Created
        );
    }

    [Fact]
    public async Task The_address_book_holds_twenty_also_under_a_rush()
    {
        using var client = await NewClientAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 30).Select(i => client.PostAsJsonAsync("/me/addresses", Home with { Label = $"{i}" }))
        );

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(20);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(10);
        (await ListAsync(client)).Count.ShouldBe(20);
    }

    private async Task<HttpClient> NewClientAsync() =>
        identity.Service.Client((await identity.NewAccountAsync()).Tokens.AccessToken);

    private static async Task<List<SavedAddress>> ListAsync(HttpClient client) =>
        await (await client.GetAsync(new Uri("/me/addresses", UriKind.Relative))).ReadAsync<List<SavedAddress>>();
}
