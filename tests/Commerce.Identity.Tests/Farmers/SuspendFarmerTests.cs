using System.Net;
using System.Net.Http.Json;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Identity.Tests.Farmers;

[Collection(IdentityCollection.Name)]
public sealed class SuspendFarmerTests(IdentityFixture identity)
{
    [Fact]
    public async Task A_suspended_farmer_reads_why_until_reinstated_and_each_is_told_once()
    {
        var (id, farmer) = await ApprovedAsync();
        using var _ = farmer;
        using var admin = await identity.AdminAsync();

        (await PostAsync(admin, id, "suspend", "당도 표시가 달랐어요")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(admin, id, "suspend", "또")).StatusCode.ShouldBe(
            HttpStatusCode.NoContent,
            "twice does no harm"
        );

        var me = await (await farmer.GetAsync(new Uri("/me", UriKind.Relative))).ReadAsync<Account>();
        me.SuspensionReason.ShouldBe("당도 표시가 달랐어요");
        me.SuspendedAt.ShouldNotBeNull();
        var listed = (await ListAsync(admin, "suspended")).Single(f => f.Id == id);
        listed.SuspensionReason.ShouldBe("당도 표시가 달랐어요");
        (await ListAsync(admin, "approved")).ShouldContain(f => f.Id == id);
        (await ListAsync(admin, "pending")).ShouldNotContain(f => f.Id == id);
        var suspended = await identity.Events.WaitForAsync<FarmerSuspended>(id);
        suspended.Reason.ShouldBe("당도 표시가 달랐어요");

        (await PostAsync(admin, id, "reinstate", "고쳤습니다")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
        (await PostAsync(admin, id, "reinstate", "또")).StatusCode.ShouldBe(HttpStatusCode.NoContent);

        var reinstated = await identity.Events.WaitForAsync<FarmerReinstated>(id);
        reinstated.At.ShouldBeGreaterThan(suspended.At);
        var free = await (await farmer.GetAsync(new Uri("/me", UriKind.Relative))).ReadAsync<Account>();
        (free.SuspendedAt, free.SuspensionReason).ShouldBe((null, null));
        (await ListAsync(admin, "suspended")).ShouldNotContain(f => f.Id == id);
        identity.Events.Of<FarmerSuspended>(id).ShouldHaveSingleItem();
        var audit = await (await admin.GetAsync(new Uri($"/audit?subject={id}", UriKind.Relative))).ReadAsync<
            Paged<AuditEntry>
        >();
        audit.Items.Select(e => e.Action).ShouldBe(["farmer.reinstate", "farmer.suspend", "farmer.approve"]);
    }

    [Fact]
    public async Task Who_does_not_sell_cannot_be_suspended()
    {
        var (waiting, _, _) = await identity.NewAccountAsync("farmer");
        var (shopper, _, _) = await identity.NewAccountAsync();
        using var admin = await identity.AdminAsync();
        foreach (var id in new[] { waiting, shopper, Guid.NewGuid() })
        {
            await (await PostAsync(admin, id, "suspend", "이유")).ShouldBeProblemAsync(HttpStatusCode.NotFound);
        }
    }

    [Theory]
    [InlineData("suspend")]
    [InlineData("reinstate")]
    public async Task It_takes_a_reason_and_an_admin(string action)
    {
        var (id, farmer) = await ApprovedAsync();
        using var _ = farmer;
        using var admin = await identity.AdminAsync();
        await (await PostAsync(admin, id, action, "")).ShouldBeProblemAsync(HttpStatusCode.BadRequest, "note");
        await (await PostAsync(farmer, id, action, "이유")).ShouldBeProblemAsync(HttpStatusCode.Forbidden);
        (await ListAsync(admin, "suspended")).ShouldNotContain(f => f.Id == id);
    }

    private async Task<(Guid Id, HttpClient Farmer)> ApprovedAsync()
    {
        var (id, _, tokens) = await identity.NewAccountAsync("farmer");
        using var admin = await identity.AdminAsync();
        using var approved = await admin.PostAsync(new Uri($"/farmers/{id}/approve", UriKind.Relative), content: null);
        approved.EnsureSuccessStatusCode();
        return (id, identity.Service.Client(tokens.AccessToken));
    }

    private static Task<HttpResponseMessage> PostAsync(HttpClient client, Guid id, string action, string note) =>
        client.PostAsJsonAsync(new Uri($"/farmers/{id}/{action}", UriKind.Relative), new AdminNote(note));

    private static async Task<List<FarmerApplication>> ListAsync(HttpClient admin, string status) =>
        await (await admin.GetAsync(new Uri($"/farmers?status={status}", UriKind.Relative))).ReadAsync<
            List<FarmerApplication>
        >();
}
