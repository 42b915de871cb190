namespace Commerce.Catalog.Farms;

/// <summary>A farm as everybody may read it.</summary>
internal static class FarmRow
{
    /// <summary>To be grouped by <c>farm.id</c>.</summary>
    public const string Select = """
        select farm.id, farm.name, farm.name_en, farm.region, farm.region_en, farm.story, farm.story_en,
          count(f.id) filter (where f.for_sale)::int as fruit_count,
          coalesce(round(sum(f.rating_sum) / nullif(sum(f.review_count), 0), 1), 0)::float8 as rating,
          farm.producer, farm.producer_en, farm.phone
        from farms farm left join fruits f on f.farm_id = farm.id
        """;
}
