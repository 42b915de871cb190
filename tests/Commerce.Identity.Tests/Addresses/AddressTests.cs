using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;

namespace Commerce.Identity.Tests.Addresses;

[Collection(IdentityCollection.Name)]
public sealed class AddressTests(IdentityFixture identity)
{
    private static readonly NewAddress Home = new(
        "집",
        "김시험",
        "010-1234-5678",
        "37417",
        "경북 청송군 주왕산면 1",
        "2층"
    );

    [Fact]
    public async Task An_address_is_kept_listed_and_removed()
    {
        using var client = await NewClientAsync();
        var saved = await (await client.PostAsJsonAsync("/me/addresses", Home)).ReadAsync<SavedAddress>();
        saved.ShouldBe(
            new SavedAddress(saved.Id, "집", "김시험", "010-1234-5678", "37417", "경북 청송군 주왕산면 1", "2층", true)
        );
        (await ListAsync(client)).ShouldBe([saved]);

        (await client.DeleteAsync(new Uri($"/me/addresses/{saved.Id}", UriKind.Relative))).StatusCode.ShouldBe(
            HttpStatusCode.NoContent
        );
        (await ListAsync(client)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_sees_changes_or_removes_another_ones_address()
    {
        using var owner = await NewClientAsync();
        using var stranger = await NewClientAsync();
        var saved = await (await owner.PostAsJsonAsync("/me/addresses", Home)).ReadAsync<SavedAddress>();

        (await ListAsync(stranger)).ShouldBeEmpty();
        await (await stranger.DeleteAsync(new Uri($"/me/addresses/{saved.Id}", UriKind.Relative))).ShouldBeProblemAsync(
            HttpStatusCode.NotFound
        );
        await (await PutAsync(stranger, saved.Id, Home with { Label = "남의 집" })).ShouldBeProblemAsync(
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

        var kept = await AddAsync(client, Home);
        await (await PutAsync(client, kept.Id, bad)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
        (await ListAsync(client)).ShouldBe([kept]);
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

    [Fact]
    public async Task An_address_is_changed()
    {
        using var client = await NewClientAsync();
        var saved = await AddAsync(client, Home);

        var changed = await (
            await PutAsync(client, saved.Id, Home with { Label = " 회사 ", Line2 = " " })
        ).ReadAsync<SavedAddress>();

        changed.ShouldBe(saved with { Label = "회사", Line2 = null });
        (await ListAsync(client)).ShouldBe([changed]);
    }

    [Fact]
    public async Task There_is_always_one_default()
    {
        using var client = await NewClientAsync();
        var first = await AddAsync(client, Home with { Label = "첫째" });
        first.IsDefault.ShouldBeTrue("the only one is it");
        await AddAsync(client, Home with { Label = "둘째" });
        await AddAsync(client, Home with { Label = "셋째", IsDefault = true });
        (await LabelsAsync()).ShouldBe(["*셋째", "첫째", "둘째"]);

        (await PutAsync(client, first.Id, Home with { Label = "첫째", IsDefault = true })).EnsureSuccessStatusCode();
        (await LabelsAsync()).ShouldBe(["*첫째", "둘째", "셋째"]);
        (await PutAsync(client, first.Id, Home with { Label = "첫째" })).EnsureSuccessStatusCode();
        (await LabelsAsync()).ShouldBe(["*첫째", "둘째", "셋째"], "a default is only replaced, never taken away");

        (await client.DeleteAsync(new Uri($"/me/addresses/{first.Id}", UriKind.Relative))).EnsureSuccessStatusCode();
        (await LabelsAsync()).ShouldBe(["*셋째", "둘째"], "the newest of the rest takes over");

        async Task<IEnumerable<string>> LabelsAsync() =>
            (await ListAsync(client)).Select(address => (address.IsDefault ? "*" : "") + address.Label);
    }

    [Fact]
    public async Task Many_defaults_at_once_leave_one()
    {
        using var client = await NewClientAsync();
        await Task.WhenAll(
            Enumerable
                .Range(0, 10)
                .Select(i => client.PostAsJsonAsync("/me/addresses", Home with { Label = $"{i}", IsDefault = true }))
        );

        (await ListAsync(client)).Count(address => address.IsDefault).ShouldBe(1);
    }

    private static async Task<SavedAddress> AddAsync(HttpClient client, NewAddress address) =>
        await (await client.PostAsJsonAsync("/me/addresses", address)).ReadAsync<SavedAddress>();

    private static Task<HttpResponseMessage> PutAsync(HttpClient client, Guid id, NewAddress address) =>
        client.PutAsJsonAsync($"/me/addresses/{id}", address);

    private async Task<HttpClient> NewClientAsync() =>
        identity.Service.Client((await identity.NewAccountAsync()).Tokens.AccessToken);

    private static async Task<List<SavedAddress>> ListAsync(HttpClient client) =>
        await (await client.GetAsync(new Uri("/me/addresses", UriKind.Relative))).ReadAsync<List<SavedAddress>>();
}
