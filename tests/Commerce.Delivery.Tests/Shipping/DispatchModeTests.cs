using System.Net;
using Commerce.Contracts.Api;
using Commerce.Contracts.Events;

namespace Commerce.Delivery.Tests.Shipping;

/// <summary>Farmers who hand their boxes over, at a pace at which the carrier would have been there long ago.</summary>
public sealed class DispatchModeTests(ByTimeFixture delivery) : IClassFixture<ByTimeFixture>
{
    [Fact]
    public async Task A_farm_is_collected_from_until_its_farmer_chooses_otherwise()
    {
        var farm = Guid.CreateVersion7();
        using var client = delivery.Service.Client(delivery.Authority.FarmerToken(farm));

        (await ShownAsync()).ShouldBe(new HandOver(ByFarmer: false));
        await delivery.ChooseAsync(farm, byFarmer: true);
        (await delivery.ChooseAsync(farm, byFarmer: true)).ShouldBe(new HandOver(ByFarmer: true));
        (await ShownAsync()).ShouldBe(new HandOver(ByFarmer: true));
        await delivery.ChooseAsync(farm, byFarmer: false);
        (await ShownAsync()).ShouldBe(new HandOver(ByFarmer: false));

        async Task<HandOver> ShownAsync()
        {
            using var response = await client.GetAsync("farm/hand-over");
            return await response.ReadAsync<HandOver>();
        }
    }

    [Fact]
    public async Task Shoppers_have_no_farm_to_choose_for()
    {
        using var client = delivery.Service.Client(delivery.Authority.ShopperToken(Guid.CreateVersion7()));
        using var response = await client.GetAsync("farm/hand-over");
        await response.ShouldBeProblemAsync(HttpStatusCode.Forbidden);
    }

    [Fact]
    public async Task Boxes_wait_for_the_farmer_and_the_carrier_brings_them_from_there()
    {
        var (waiting, passing) = (new TestOrder(), new TestOrder());
        await delivery.ChooseAsync(waiting.FarmId, byFarmer: true);
        await delivery.TellAsync(waiting, waiting.Confirmed);
        await delivery.TellAsync(passing, passing.Confirmed);

        // Time has moved the other one all the way.
        await delivery.WaitForAsync(passing, "DELIVERED");
        var ready = await delivery.GetAsync(waiting);
        ready.Status.ShouldBe("READY");
        ready.WaitingFor.ShouldBe([waiting.FarmId]);

        using var handed = await delivery.AdvanceAsync(waiting, delivery.Authority.FarmerToken(waiting.FarmId));
        var onRoute = await handed.ReadAsync<Contracts.Api.Delivery>();
        (onRoute.Status, onRoute.WaitingFor).ShouldBe(("ON_ROUTE", null));
        await delivery.WaitForAsync(waiting, "DELIVERED");
    }

    [Fact]
    public async Task An_order_of_two_farms_is_on_its_way_with_the_first_boxes_and_arrives_with_the_last()
    {
        var (order, passing) = (new TestOrder(), new TestOrder());
        await delivery.ChooseAsync(order.FarmId, byFarmer: true);
        await delivery.ChooseAsync(order.OtherFarmId, byFarmer: true);
        var first = delivery.Authority.FarmerToken(order.FarmId);
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");

        using var handed = await delivery.AdvanceAsync(order, first);
        (await handed.ReadAsync<Contracts.Api.Delivery>()).WaitingFor.ShouldBe([order.OtherFarmId]);
        using var again = await delivery.AdvanceAsync(order, first);
        await again.ShouldBeProblemAsync(HttpStatusCode.Conflict);
        await delivery.TellAsync(passing, passing.Confirmed);
        await delivery.WaitForAsync(passing, "DELIVERED");
        (await delivery.GetAsync(order)).Status.ShouldBe("ON_ROUTE");

        using var rest = await delivery.AdvanceAsync(order, delivery.Authority.FarmerToken(order.OtherFarmId));
        var whole = await rest.ReadAsync<Contracts.Api.Delivery>();
        (whole.Status, whole.WaitingFor).ShouldBe(("ON_ROUTE", null));
        await delivery.WaitForAsync(order, "DELIVERED");
        await delivery.Events.WaitForAsync<DeliveryDelivered>(order.Id);
        (await delivery.WrittenAsync(order)).ShouldBe(["scheduled", "on-route", "on-route", "delivered"]);
        delivery
            .Events.Of<DeliveryOnRoute>(order.Id)
            .Select(onTheWay => onTheWay.WaitingFor?.Count ?? 0)
            .ShouldBe([1, 0]);
    }

    [Fact]
    public async Task An_admin_moves_the_boxes_of_every_farm()
    {
        var order = new TestOrder();
        await delivery.ChooseAsync(order.FarmId, byFarmer: true);
        await delivery.ChooseAsync(order.OtherFarmId, byFarmer: true);
        await delivery.TellAsync(order, order.Confirmed);
        await delivery.WaitForAsync(order, "READY");

        using var moved = await delivery.AdvanceAsync(order, delivery.Authority.AdminToken());
        (await moved.ReadAsync<Contracts.Api.Delivery>()).WaitingFor.ShouldBeNull();
        await delivery.WaitForAsync(order, "DELIVERED");
    }
}
