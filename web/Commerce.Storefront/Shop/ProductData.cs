using System.Text.Json;
using System.Text.Json.Nodes;
using Commerce.Contracts.Api;
using Commerce.Storefront.Api;
using Commerce.Storefront.Text;
using Microsoft.Extensions.Localization;

namespace Commerce.Storefront.Shop;

/// <summary>A fruit for search engines: schema.org Product with its offer, and where it stands in the shop. As JSON-LD, HTML escaped.</summary>
internal static class ProductData
{
    /// <param name="baseUri">The shop's address with a slash at its end.</param>
    public static string Of(Fruit fruit, string baseUri, IStringLocalizer texts)
    {
        var url = $"{baseUri}fruits/{fruit.Id}";
        var product = new JsonObject
        {
            ["@type"] = "Product",
            ["@id"] = url,
            ["name"] = fruit.DisplayName(),
            ["description"] = Format.Pick(fruit.Description, fruit.DescriptionEn),
            ["image"] = Absolute(baseUri, fruit.ImageUrl),
            ["sku"] = fruit.Id.ToString(),
            ["category"] = texts[$"category.{fruit.Category}"].Value,
            ["brand"] = new JsonObject { ["@type"] = "Brand", ["name"] = fruit.Farm.DisplayName() },
            ["countryOfOrigin"] = "KR",
            ["weight"] = new JsonObject
            {
                ["@type"] = "QuantitativeValue",
                ["value"] = fruit.WeightKg,
                ["unitCode"] = "KGM",
            },
            ["offers"] = new JsonObject
            {
                ["@type"] = "Offer",
                ["url"] = url,
                ["price"] = fruit.PriceKrw,
                ["priceCurrency"] = "KRW",
                ["itemCondition"] = "https://schema.org/NewCondition",
                ["availability"] = fruit is { ForSale: true, Available: > 0 }
                    ? "https://schema.org/InStock"
                    : "https://schema.org/OutOfStock",
                ["seller"] = new JsonObject { ["@type"] = "Organization", ["name"] = fruit.Farm.DisplayName() },
            },
        };
        if (fruit.ReviewCount > 0)
        {
            product["aggregateRating"] = new JsonObject
            {
                ["@type"] = "AggregateRating",
                ["ratingValue"] = fruit.Rating,
                ["reviewCount"] = fruit.ReviewCount,
            };
        }

        var crumbs = new JsonObject
        {
            ["@type"] = "BreadcrumbList",
            ["itemListElement"] = new JsonArray(
                Crumb(1, texts["nav.home"], baseUri),
                Crumb(
                    2,
                    texts[$"category.{fruit.Category}"],
                    Absolute(baseUri, new FruitSearch(Category: fruit.Category).ToUrl())
                ),
                Crumb(3, fruit.DisplayName(), url)
            ),
        };
        return new JsonObject
        {
            ["@context"] = "https://schema.org",
            ["@graph"] = new JsonArray(product, crumbs),
        }.ToJsonString(JsonSerializerOptions.Web);
    }

    private static JsonObject Crumb(int position, string name, string url) =>
        new()
        {
            ["@type"] = "ListItem",
            ["position"] = position,
            ["name"] = name,
            ["item"] = url,
        };

    private static string Absolute(string baseUri, string path) => baseUri + path.TrimStart('/');
}
