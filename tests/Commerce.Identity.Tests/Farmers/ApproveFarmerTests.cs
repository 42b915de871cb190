using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;
using Commerce.Identity.Tests.Sessions;

namespace Commerce.Identity.Tests.Farmers;

[Collection(IdentityCollection.Name)]
public sealed class ApproveFarmerTests(IdentityFixture identity)
{
    [Fact]
    public async Task A_farmer_waits_for_an_admin_and_sells_from_the_next_token_on()
    {
        var (id, email, tokens) = await identity.NewAccountAsync("farmer");
        AccessTokenTests.Payload(tokens.AccessToken).GetProperty("approved").GetBoolean().ShouldBeFalse();
        using var admin = await identity.AdminAsync();
        var pending = (await ListAsync(admin, "pending")).Single(f => f.Id == id);
        pending.ShouldBe(
            new FarmerApplication(id, "시험", email, "햇살농원", "경북 청송", Approved: false, pending.CreatedAt)
        );

        (await ApproveAsync(admin, id)).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        (await ListAsync(admin, "pending")).ShouldNotContain(f => f.Id == id);
        (await ListAsync(admin, "approved")).ShouldContain(f => f.Id == id && f.Approved);
        (await identity.Events.WaitForAsync<FarmerApproved>(id)).ShouldBe(
            new FarmerApproved(id, "햇살농원", "햇살농원", "경북 청송")
        );
        var refreshed = await (
            await admin.PostAsJsonAsync("/tokens/refresh", new RefreshTokens(tokens.RefreshToken))
        ).ReadAsync<Tokens>();
        AccessTokenTests.Payload(refreshed.AccessToken).GetProperty("approved").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task Approving_many_times_at_once_tells_it_once()
    {
        var (id, _, _) = await identity.NewAccountAsync("farmer");
        using var admin = await identity.AdminAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => ApproveAsync(admin, id)));
        answers.ShouldAllBe(a => a.StatusCode == HttpStatusCode.NoContent);

        await using var connection = await identity.Database.OpenConnectionAsync();
        var events = await Dapper.SqlMapper.QuerySingleAsync<long>(
            connection,
            "select count(*) from outbox where subject = @id and type = 'commerce.farmer.approved.v1'",
            new { id }
        );
        events.ShouldBe(1);
    }

    [Fact]
    public async Task Only_farmers_can_be_approved()
    {
        using var admin = await identity.AdminAsync();
        var (shopper, _, _) = await identity.NewAccountAsync();
        await (await ApproveAsync(admin, shopper)).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        await (await ApproveAsync(admin, Guid.CreateVersion7())).ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("shopper")]
    [InlineData("farmer")]
    public async Task Only_admins_approve_and_list(string role)
    {
        var (id, _, tokens) = await identity.NewAccountAsync(role);
        using var client = identity.Service.Client(tokens.AccessToken);
        await (await ApproveAsync(client, id)).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        await (await client.GetAsync(new Uri("/farmers", UriKind.Relative))).ShouldBeProblemAsync(
            HttpStatusCode.Forbidden
        );
    }

    [Fact]
    public async Task An_unknown_status_is_named()
    {
        using var admin = await identity.AdminAsync();
        var response = await admin.GetAsync(new Uri("/farmers?status=maybe", UriKind.Relative));
        await response.ShouldBeProblemAsync(HttpStatusCode.BadRequest, "status");
    }

    [Fact]
    public async Task The_seeded_farmers_are_approved_under_their_farms_ids()
    {
        using var admin = await identity.AdminAsync();
        var approved = await ListAsync(admin, "approved");
        for (var n = 1; n <= 15; n++)
        {
            approved.ShouldContain(f => f.Id == DemoAccounts.FarmerNumber(n));
        }
    }

    private static Task<HttpResponseMessage> ApproveAsync(HttpClient client, Guid id) =>
        client.PostAsync(new Uri($"/farmers/{id}/approve", UriKind.Relative), content: null);

    private static async Task<List<FarmerApplication>> ListAsync(HttpClient admin, string status) =>
        await (await admin.GetAsync(new Uri($"/farmers?status={status}", UriKind.Relative))).ReadAsync<
            List<FarmerApplication>
        >();
}
