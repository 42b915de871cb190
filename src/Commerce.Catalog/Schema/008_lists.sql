-- What lists of fruits are ordered and counted by, kept where an index reaches it: a page costs the same whether the market has
-- a thousand fruits or a million.

create function is_season(season_from int, season_to int, month int) returns boolean
  language sql immutable parallel safe
  return case when season_from <= season_to then month between season_from and season_to
    else month >= season_from or month <= season_to end;

-- The month that fruits.in_season was last set for, in one row; Catalog turns it.
create table season (month int not null check (month between 1 and 12));
insert into season values (extract(month from now() at time zone 'Asia/Seoul'));

alter table fruits
  add column in_stock boolean not null default false, -- whether stock.available > 0
  add column in_season boolean not null default false, -- in season.month
  -- Ten imagined reviews of 4 stars keep a single enthusiast from the top.
  add column liked float8 generated always as ((rating_sum + 40)::float8 / (review_count + 10)) stored;
update fruits set in_stock = exists (select from stock where fruit_id = fruits.id and available > 0),
  in_season = is_season(season_from, season_to, (select month from season));

create function set_season() returns trigger language plpgsql as $$
begin
  new.in_season := is_season(new.season_from, new.season_to, (select month from season));
  return new;
end $$;
create trigger season_of_fruit before insert or update of season_from, season_to on fruits
  for each row execute function set_season();

-- Only when a fruit sells out or comes back: every other order leaves fruits alone.
create function set_stocked() returns trigger language plpgsql as $$
begin
  update fruits set in_stock = new.available > 0 where id = new.fruit_id and in_stock <> (new.available > 0);
  return null;
end $$;
create trigger first_stock after insert on stock
  for each row when (new.available > 0) execute function set_stocked();
create trigger sold_out_or_back after update of available on stock
  for each row when ((old.available > 0) <> (new.available > 0)) execute function set_stocked();

-- An index for each order that a list may have; the columns are those of the queries.
create index fruits_recommended on fruits (in_stock desc, in_season desc, liked desc, id) where for_sale;
create index fruits_recommended_of_kind on fruits (category, in_stock desc, in_season desc, liked desc, id) where for_sale;
create index fruits_harvested on fruits (in_stock desc, harvested_on desc, id) where for_sale;
create index fruits_newest on fruits (created_at desc, id desc) where for_sale;
create index fruits_price on fruits (price_krw, id) where for_sale;
create index fruits_price_of_kind on fruits (category, price_krw, id) where for_sale;
create index fruits_brix on fruits (brix desc, id) where for_sale;
create index fruits_rating on fruits
  ((rating_sum::float8 / nullif(review_count, 0)) desc nulls last, review_count desc, id) where for_sale;

-- How many fruits for sale are alike in all that a list can be narrowed by: what facets are counted from.
create table fruit_counts (
  category text not null,
  region text not null,
  region_en text not null,
  grade text not null,
  certifications text[] not null,
  season_from int not null,
  season_to int not null,
  price_krw bigint not null,
  number int not null, -- a difference while it is on its way, above 0 in the table
  primary key (category, region, region_en, grade, certifications, season_from, season_to, price_krw)
);

create function add_fruit_counts(differences fruit_counts[]) returns void language plpgsql as $$
begin
  if cardinality(differences) = 0 then
    return;
  end if;
  -- In turns, as those who bring new words: a file's many changes would meet another's in a different order.
  perform pg_advisory_xact_lock(hashtextextended('search_words', 0));
  insert into fruit_counts as known select * from unnest(differences)
  on conflict (category, region, region_en, grade, certifications, season_from, season_to, price_krw)
    do update set number = known.number + excluded.number;
  delete from fruit_counts known using unnest(differences) d
  where (known.category, known.region, known.region_en, known.grade, known.certifications,
      known.season_from, known.season_to, known.price_krw)
    = (d.category, d.region, d.region_en, d.grade, d.certifications, d.season_from, d.season_to, d.price_krw)
    and known.number = 0;
end $$;

create function count_listed() returns trigger language plpgsql as $$
begin
  -- A farm that moves at this moment counts those fruits that it sees.
  perform from farms where id in (select farm_id from come) order by id for share;
  perform add_fruit_counts(array(
    select row(alike.*)::fruit_counts from (
      select f.category, farm.region, farm.region_en, f.grade, f.certifications, f.season_from, f.season_to, f.price_krw,
        count(*)::int
      from come f join farms farm on farm.id = f.farm_id where f.for_sale group by 1, 2, 3, 4, 5, 6, 7, 8) alike));
  return null;
end $$;

create function count_changed() returns trigger language plpgsql as $$
begin
  perform add_fruit_counts(array(
    select row(alike.*)::fruit_counts from (
      select f.category, farm.region, farm.region_en, f.grade, f.certifications, f.season_from, f.season_to, f.price_krw,
        sum(f.sign)::int
      from (
        select farm_id, category, grade, certifications, season_from, season_to, price_krw, 1 as sign from come where for_sale
        union all
        select farm_id, category, grade, certifications, season_from, season_to, price_krw, -1 from gone where for_sale
      ) f join farms farm on farm.id = f.farm_id group by 1, 2, 3, 4, 5, 6, 7, 8 having sum(f.sign) <> 0) alike));
  return null;
end $$;

create function count_moved() returns trigger language plpgsql as $$
begin
  perform add_fruit_counts(array(
    select row(alike.*)::fruit_counts from (
      select f.category, r.region, r.region_en, f.grade, f.certifications, f.season_from, f.season_to, f.price_krw,
        sum(r.sign)::int
      from fruits f cross join (values (old.region, old.region_en, -1), (new.region, new.region_en, 1)) r(region, region_en, sign)
      where f.farm_id = new.id and f.for_sale group by 1, 2, 3, 4, 5, 6, 7, 8) alike));
  return null;
end $$;

insert into fruit_counts
select f.category, farm.region, farm.region_en, f.grade, f.certifications, f.season_from, f.season_to, f.price_krw, count(*)
from fruits f join farms farm on farm.id = f.farm_id where f.for_sale group by 1, 2, 3, 4, 5, 6, 7, 8;

create trigger listed_counts after insert on fruits
  referencing new table as come for each statement execute function count_listed();
create trigger changed_counts after update on fruits
  referencing old table as gone new table as come for each statement execute function count_changed();
create trigger moved_counts after update of region, region_en on farms
  for each row when ((old.region, old.region_en) is distinct from (new.region, new.region_en)) execute function count_moved();

-- The best sellers of the last days, without those of all years. Not with the boxes: their updates stay on their page.
create index on sales (sold_on);
