using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Dapper;

namespace Commerce.Identity.Tests.Accounts;

[Collection(IdentityCollection.Name)]
public sealed class RegisterTests(IdentityFixture identity)
{
    private static RegisterAccount Shopper(string email) => new(email, IdentityFixture.Password, "김시험", "shopper");

    [Fact]
    public async Task A_new_shopper_can_sign_in_at_once_and_everyone_hears_of_it()
    {
        var (id, email, tokens) = await identity.NewAccountAsync();

        using var client = identity.Service.Client(tokens.AccessToken);
        var me = await (await client.GetAsync(new Uri("/me", UriKind.Relative))).ReadAsync<Account>();
        me.Id.ShouldBe(id);
        me.Email.ShouldBe(email);
        me.Role.ShouldBe("shopper");
        me.Approved.ShouldBeTrue();
        (await identity.Events.WaitForAsync<AccountRegistered>(id)).ShouldBe(
            new AccountRegistered(id, "시험", "shopper")
        );
        identity.Events.Seen.Single(e => e.Subject == id).Json.ShouldNotContain(email);
    }

    [Fact]
    public async Task An_address_is_taken_in_any_spelling()
    {
        var email = IdentityFixture.NewEmail();
        await (await PostAsync(Shopper(email))).ShouldBeAsync(HttpStatusCode.Created);

        await (await PostAsync(Shopper($"  {email.ToUpperInvariant()} "))).ShouldBeProblemAsync(
            HttpStatusCode.Conflict
        );
    }

    [Fact]
    public async Task Of_many_at_once_with_one_address_one_wins()
    {
        var email = IdentityFixture.NewEmail();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => PostAsync(Shopper(email))));

        answers.Count(a => a.StatusCode == HttpStatusCode.Created).ShouldBe(1);
        answers.Count(a => a.StatusCode == HttpStatusCode.Conflict).ShouldBe(9);
    }

    [Theory]
    [InlineData("email", "")]
    [InlineData("email", "a")]
    [InlineData("email", "a@b")]
    [InlineData("email", "a b@example.com")]
    [InlineData("email", "a@example..com")]
    [InlineData("email", "a@-example.com")]
    [InlineData("email", "a@example.com\0")]
    [InlineData("password", "")]
    [InlineData("password", "1234567")]
    [InlineData("password", "12345678")]
    [InlineData("password", "Password123")]
    [InlineData("password", "zzzzzzzzzzzz")]
    [InlineData("name", "")]
    [InlineData("name", "  ")]
    [InlineData("name", "a\u0007b")]
    [InlineData("role", "admin")]
    [InlineData("role", "Shopper")]
    [InlineData("role", "")]
    [InlineData("farmName", "")]
    [InlineData("region", "")]
    public async Task Bad_input_is_named_and_leaves_nothing(string field, string value)
    {
        var good = new RegisterAccount(
            IdentityFixture.NewEmail(),
            IdentityFixture.Password,
            "김시험",
            "farmer",
            "농장",
            "청송"
        );
        var bad = field switch
        {
            "email" => good with { Email = value },
            "password" => good with { Password = value },
            "name" => good with { Name = value },
            "role" => good with { Role = value },
            "farmName" => good with { FarmName = value },
            _ => good with { Region = value },
        };
        await (await PostAsync(bad)).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
        await using var connection = await identity.Database.OpenConnectionAsync();
        (
            await connection.QuerySingleAsync<long>(
                "select count(*) from account where email = any(@Emails)",
                new { Emails = new[] { good.Email, bad.Email.Replace("\0", "", StringComparison.Ordinal) } }
            )
        ).ShouldBe(0);
    }

    [Theory]
    [InlineData(129, "password")]
    [InlineData(51, "name")]
    public async Task Too_much_is_refused(int length, string field)
    {
        var text = string.Concat(Enumerable.Repeat("ab", length)).AsSpan(0, length).ToString();
        var good = Shopper(IdentityFixture.NewEmail());
        await (
            await PostAsync(field == "name" ? good with { Name = text } : good with { Password = text })
        ).ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Fact]
    public async Task Several_mistakes_are_named_at_once() =>
        await (await PostAsync(new RegisterAccount("x", "y", "", "z"))).ShouldBeProblemAsync(
            HttpStatusCode.BadRequest,
            "email",
            "password",
            "name",
            "role"
        );

    [Fact]
    public async Task A_password_of_128_characters_in_parts_or_whole_syllables_is_the_same()
    {
        var email = IdentityFixture.NewEmail();
        var password = string.Concat(Enumerable.Repeat("각", 42));
        await (await PostAsync(Shopper(email) with { Password = password + "x" })).ShouldBeAsync(
            HttpStatusCode.Created
        );

        // As macOS may send it: every syllable in its three letters.
        var parts = password.Normalize(System.Text.NormalizationForm.FormD) + "x";
        parts.Length.ShouldBe(127);
        (await identity.SignInAsync(email, parts)).AccessToken.ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task A_password_is_not_in_the_database()
    {
        var (id, _, _) = await identity.NewAccountAsync();
        await using var connection = await identity.Database.OpenConnectionAsync();
        var row = await connection.QuerySingleAsync<string>(
            "select account::text from account where id = @id",
            new { id }
        );
        row.ShouldContain("pbkdf2-sha512$1000$");
        row.ShouldNotContain(IdentityFixture.Password);
    }

    private async Task<HttpResponseMessage> PostAsync(RegisterAccount body)
    {
        using var client = identity.Service.Client();
        return await client.PostAsJsonAsync("/accounts", body);
    }
}
