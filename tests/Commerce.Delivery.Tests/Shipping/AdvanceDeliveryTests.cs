using System.Net;
using Commerce.Contracts.Events;
using DeliveryView = Commerce.Contracts.Api.Delivery;

namespace Commerce.Delivery.Tests.Shipping;

public sealed class AdvanceDeliveryTests(ByHandFixture delivery) : IClassFixture<ByHandFixture>
{
    [Fact]
    public async Task A_confirmed_order_is_scheduled_and_waits_at_the_farm()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);

        var scheduled = await delivery.Events.WaitForAsync<DeliveryScheduled>(order.Id);
        var view = await delivery.GetAsync(order, delivery.Authority.ShopperToken(order.AccountId));
        (view.Status, view.TrackingNumber).ShouldBe(("READY", scheduled.TrackingNumber));
        view.TrackingNumber.ShouldMatch("^[0-9]{12}$");
        view.ScheduledAt.ShouldBe(scheduled.At);
    }

    [Fact]
    public async Task A_farmer_of_a_line_moves_it_on_step_by_step_and_no_further()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");

        using var first = await delivery.AdvanceAsync(order, delivery.Authority.FarmerToken(order.OtherFarmId));
        (await first.ReadAsync<DeliveryView>()).Status.ShouldBe("ON_ROUTE");
        using var second = await delivery.AdvanceAsync(order, delivery.Authority.FarmerToken(order.FarmId));
        (await second.ReadAsync<DeliveryView>()).Status.ShouldBe("DELIVERED");
        using var third = await delivery.AdvanceAsync(order, delivery.Authority.AdminToken());
        await third.ShouldBeProblemAsync(HttpStatusCode.Conflict);

        await delivery.Events.WaitForAsync<DeliveryDelivered>(order.Id);
        (await delivery.WrittenAsync(order)).ShouldBe(["scheduled", "on-route", "delivered"]);
    }

    [Fact]
    public async Task Two_who_press_at_once_take_one_step_each_at_most()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");

        var answers = await Task.WhenAll(
            Enumerable.Range(0, 5).Select(_ => delivery.AdvanceAsync(order, delivery.Authority.AdminToken()))
        );
        answers.Count(answer => answer.StatusCode == HttpStatusCode.OK).ShouldBe(2);
        answers.Count(answer => answer.StatusCode == HttpStatusCode.Conflict).ShouldBe(3);
        (await delivery.WrittenAsync(order)).ShouldBe(["scheduled", "on-route", "delivered"]);
    }

    [Fact]
    public async Task Only_those_whom_it_concerns_see_it_or_move_it()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");
        var authority = delivery.Authority;

        (await delivery.GetAsync(order, authority.FarmerToken(order.FarmId))).Status.ShouldBe("READY");
        await ShouldBeHidden(authority.ShopperToken(Guid.NewGuid()), HttpStatusCode.NotFound);
        await ShouldBeHidden(authority.FarmerToken(Guid.NewGuid()), HttpStatusCode.NotFound);
        await ShouldBeHidden(null, HttpStatusCode.Unauthorized);
        await ShouldNotMove(authority.ShopperToken(order.AccountId), HttpStatusCode.Forbidden);
        await ShouldNotMove(authority.FarmerToken(Guid.NewGuid()), HttpStatusCode.NotFound);
        await ShouldNotMove(authority.ForgedToken(order.FarmId, "farmer"), HttpStatusCode.Unauthorized);
        await ShouldNotMove(null, HttpStatusCode.Unauthorized);
        (await delivery.GetAsync(order)).Status.ShouldBe("READY");

        async Task ShouldBeHidden(string? token, HttpStatusCode status)
        {
            using var client = delivery.Service.Client(token);
            using var response = await client.GetAsync($"deliveries/{order.Id}");
            await response.ShouldBeProblemAsync(status);
        }

        async Task ShouldNotMove(string? token, HttpStatusCode status)
        {
            using var response = await delivery.AdvanceAsync(order, token);
            await response.ShouldBeProblemAsync(status);
        }
    }

    [Fact]
    public async Task A_repeated_confirmation_schedules_nothing_new_and_answers_with_all_that_happened()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);
        var before = await delivery.WaitForAsync(order, "READY");
        using var moved = await delivery.AdvanceAsync(order, delivery.Authority.AdminToken());
        await delivery.TellAsync(order, order.Confirmed);

        await Eventually.Value(() => delivery.WrittenAsync(order), written => written.Count == 4);
        (await delivery.WrittenAsync(order)).ShouldBe(["scheduled", "on-route", "scheduled", "on-route"]);
        await Eventually.True(() => delivery.Events.Of<DeliveryScheduled>(order.Id).Count == 2);
        delivery.Events.Of<DeliveryScheduled>(order.Id).Distinct().Count().ShouldBe(1);
        (await delivery.GetAsync(order)).TrackingNumber.ShouldBe(before.TrackingNumber);
    }

    [Fact]
    public async Task A_cancelled_order_stays_at_the_farm()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");
        await delivery.TellAsync(order, order.Cancelled, order.Confirmed);

        await delivery.WaitForAsync(order, "CANCELLED");
        using var refused = await delivery.AdvanceAsync(order, delivery.Authority.AdminToken());
        await refused.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await delivery.HandledAllAsync();
        (await delivery.WrittenAsync(order)).ShouldBe(["scheduled"]);
    }

    [Fact]
    public async Task An_order_whose_end_arrived_first_is_never_scheduled()
    {
        var order = new TestOrder();
        await delivery.TellAsync(order, order.Cancelled);
        await delivery.HandledAllAsync();
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.HandledAllAsync();

        (await delivery.WrittenAsync(order)).ShouldBeEmpty();
        using var client = delivery.Service.Client(delivery.Authority.ShopperToken(order.AccountId));
        using var response = await client.GetAsync($"deliveries/{order.Id}");
        await response.ShouldBeProblemAsync(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Boxes_on_their_way_are_called_back_but_what_has_arrived_stays_delivered()
    {
        var onRoute = new TestOrder();
        var arrived = new TestOrder();
        foreach (var (order, steps) in new[] { (onRoute, 1), (arrived, 2) })
        {
            await delivery.TellAsync(order, order.Confirmed);
            await delivery.WaitForAsync(order, "READY");
            for (var i = 0; i < steps; i++)
            {
                using var moved = await delivery.AdvanceAsync(order, delivery.Authority.AdminToken());
                await moved.ShouldBeAsync(HttpStatusCode.OK);
            }
        }

        await delivery.TellAsync(arrived, arrived.Cancelled);
        await delivery.TellAsync(onRoute, onRoute.Cancelled);
        await delivery.WaitForAsync(onRoute, "CANCELLED");
        await delivery.HandledAllAsync();
        (await delivery.GetAsync(arrived)).Status.ShouldBe("DELIVERED");
    }
}
