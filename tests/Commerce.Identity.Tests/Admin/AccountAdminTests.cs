using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;

namespace Commerce.Identity.Tests.Admin;

[Collection(IdentityCollection.Name)]
public sealed class AccountAdminTests(IdentityFixture identity)
{
    [Fact]
    public async Task A_locked_account_is_signed_out_everywhere_and_cannot_sign_in_until_it_is_unlocked()
    {
        var (id, email, tokens) = await identity.NewAccountAsync();
        using var admin = await identity.AdminAsync();

        (await PostAsync(admin, id, "lock", " 결제 사기 의심 ")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(admin, id, "lock", "또")).StatusCode.ShouldBe(HttpStatusCode.NoContent, "twice does no harm");

        using var guest = identity.Service.Client();
        await (
            await guest.PostAsJsonAsync("/tokens/refresh", new RefreshTokens(tokens.RefreshToken))
        ).ShouldBeProblemAsync(HttpStatusCode.Unauthorized);
        var refused = await guest.PostAsJsonAsync("/tokens", new SignInRequest(email, IdentityFixture.Password));
        var problem = await refused.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        problem.GetProperty("title").GetString().ShouldBe("This account is locked.");
        problem.ToString().ShouldNotContain("사기", Case.Sensitive, "the note is for admins");
        await (await guest.PostAsJsonAsync("/tokens", new SignInRequest(email, "wrong password"))).ShouldBeProblemAsync(
            HttpStatusCode.Unauthorized
        );
        var row = (await ListAsync(admin, $"q={email}")).Items.ShouldHaveSingleItem();
        row.LockedAt.ShouldNotBeNull();
        row.LockNote.ShouldBe("결제 사기 의심");
        (await ListAsync(admin, $"q={email}&state=active")).Total.ShouldBe(0);

        (await PostAsync(admin, id, "unlock", "확인했습니다")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await identity.SignInAsync(email, IdentityFixture.Password)).AccessToken.ShouldNotBeEmpty();
        (await ListAsync(admin, $"q={email}&state=locked")).Total.ShouldBe(0);
        var audit = await (await admin.GetAsync(new Uri($"/audit?subject={id}", UriKind.Relative))).ReadAsync<
            Paged<AuditEntry>
        >();
        audit
            .Items.Select(e => (e.Action, e.Note, e.AdminId, e.AdminName))
            .ShouldBe([
                ("account.unlock", "확인했습니다", DemoAccounts.AdminId, "관리자"),
                ("account.lock", "결제 사기 의심", DemoAccounts.AdminId, "관리자"),
            ]);
    }

    [Fact]
    public async Task Accounts_are_found_by_how_address_or_name_begins_by_id_and_by_role()
    {
        var (id, email, _) = await identity.NewAccountAsync("farmer");
        using var admin = await identity.AdminAsync();

        foreach (var query in new[] { email.ToUpperInvariant(), email[..12], id.ToString() })
        {
            var found = (await ListAsync(admin, $"q={query}")).Items.ShouldHaveSingleItem();
            found.ShouldBe(new AdminAccount(id, email, "시험", "farmer", "햇살농원", found.CreatedAt, null, null));
        }

        (await ListAsync(admin, "q=%EC%8B%9C&pageSize=100")).Items.ShouldContain(a => a.Id == id);
        (await ListAsync(admin, $"q={email}&role=shopper")).Total.ShouldBe(0);
        (await ListAsync(admin, "q=%25")).Total.ShouldBe(0, "a percent sign is no wildcard");
        var admins = await ListAsync(admin, "role=admin&pageSize=1&page=1");
        admins.Items.ShouldHaveSingleItem().Id.ShouldBe(DemoAccounts.AdminId);
        (await ListAsync(admin, "pageSize=2")).Items.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_locks_the_own_account()
    {
        using var admin = await identity.AdminAsync();
        await (await PostAsync(admin, DemoAccounts.AdminId, "lock", "실수")).ShouldBeProblemAsync(
            HttpStatusCode.Conflict
        );
        (await ListAsync(admin, "role=admin")).Items.ShouldAllBe(a => a.LockedAt == null);
    }

    [Theory]
    [InlineData("role=king", "role")]
    [InlineData("state=gone", "state")]
    [InlineData("page=0", "page")]
    [InlineData("pageSize=101", "pageSize")]
    [InlineData("q=%00", "q")]
    public async Task A_bad_search_names_its_field(string query, string field)
    {
        using var admin = await identity.AdminAsync();
        var response = await admin.GetAsync(new Uri($"/admin/accounts?{query}", UriKind.Relative));
        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, field);
    }

    [Theory]
    [InlineData("lock")]
    [InlineData("unlock")]
    public async Task A_note_is_required_and_the_account_must_exist(string action)
    {
        var (id, email, _) = await identity.NewAccountAsync();
        using var admin = await identity.AdminAsync();
        await (await PostAsync(admin, id, action, " ")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "note");
        await (await PostAsync(admin, Guid.NewGuid(), action, "이유")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        (await identity.SignInAsync(email, IdentityFixture.Password)).AccessToken.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("shopper")]
    [InlineData("farmer")]
    public async Task Only_admins_see_and_lock_accounts(string role)
    {
        var (id, _, tokens) = await identity.NewAccountAsync(role);
        using var client = identity.Service.Client(tokens.AccessToken);
        await (await PostAsync(client, id, "lock", "이유")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        await (await client.GetAsync(new Uri("/admin/accounts", UriKind.Relative))).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden
        );
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, Guid id, string action, string note) =>
        client.PostAsJsonAsync(new Uri($"/admin/accounts/{id}/{action}", UriKind.Relative), new AdminNote(note));

    private static async Task<Paged<AdminAccount>> ListAsync(HttpClient admin, string query) =>
        await (await admin.GetAsync(new Uri($"/admin/accounts?{query}", UriKind.Relative))).ReadAsync<
            Paged<AdminAccount>
        >();
}
