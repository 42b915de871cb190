using Commerce.Catalog.Farms;
using Commerce.ServiceDefaults.Authentication;

namespace Commerce.Catalog.Stock;

internal static class StockEndpoints
{
    public static void MapStock(this IEndpointRouteBuilder endpoints)
    {
        var farmer = endpoints.MapGroup("/fruits/{id:guid}").WithTags("Farm").RequireAuthorization(Policies.Farmer);
        farmer.MapGet("/lots", Lots.ShowAsync).WithSummary("Harvest lots of an own fruit, newest first");
        farmer.MapGet("/stock", StockHistory.HandleAsync).WithSummary("Stock movements of an own fruit, newest first");

        var writes = endpoints.MapFarmWrites("/fruits/{id:guid}").ProducesProblem(StatusCodes.Status409Conflict);
        writes.MapPost("/lots", Lots.AddAsync).WithSummary("Adds the boxes of a harvest to the stock");
        writes.MapPost("/stock", ChangeStock.HandleAsync).WithSummary("Changes the stock by hand");
    }
}
