-- Every one- and two-letter piece of a text's words: what a partial search in Korean needs. A search for 샤인 or 배 is two
-- letters or one, too short for trigrams, and pg_trgm drops Korean altogether under the C locale.
create function grams(words text) returns text[]
  language sql immutable parallel safe
  return (
    select coalesce(array_agg(distinct substr(word, at, size)), '{}')
    from regexp_split_to_table(words, '\s+') word,
      generate_series(1, char_length(word)) at,
      generate_series(1, 2) size
    where at + size - 1 <= char_length(word)
  );

create table farms (
  id uuid primary key, -- the farmer's account id
  name text not null,
  name_en text not null,
  region text not null,
  region_en text not null,
  story text not null default '',
  story_en text not null default '',
  opened_at timestamptz not null default now()
);

create table fruits (
  id uuid primary key,
  farm_id uuid not null references farms,
  name text not null,
  name_en text not null,
  variety text not null,
  variety_en text not null,
  category text not null,
  grade text not null check (grade in ('특', '상', '보통')),
  brix numeric(4, 1) not null,
  weight_kg numeric(6, 2) not null check (weight_kg > 0),
  count_min int not null check (count_min > 0),
  count_max int not null check (count_max >= count_min),
  price_krw bigint not null check (price_krw > 0),
  season_from int not null check (season_from between 1 and 12),
  season_to int not null check (season_to between 1 and 12),
  harvested_on date not null,
  certifications text[] not null,
  description text not null,
  description_en text not null,
  storage text not null,
  storage_en text not null,
  image_url text not null,
  for_sale boolean not null,
  version bigint not null default 1, -- grows with each change; other services keep the highest
  rating_sum bigint not null default 0,
  review_count int not null default 0,
  created_at timestamptz not null default now(),
  search_text text not null, -- lower case: names, variety, category, farm and region in both languages
  search_grams text[] not null generated always as (grams(search_text)) stored
);
create index on fruits (farm_id);
create index on fruits using gin (search_grams);

-- The hot row: narrow and with room beside it, so that an order's update stays on its page and touches no index.
create table stock (
  fruit_id uuid primary key references fruits,
  available int not null check (available >= 0) -- boxes
) with (fillfactor = 50);

create table lots (
  id uuid primary key,
  fruit_id uuid not null references fruits,
  harvested_on date not null,
  brix numeric(4, 1) not null,
  quantity int not null check (quantity > 0), -- boxes
  created_at timestamptz not null default now()
);
create index on lots (fruit_id);

-- History of the stock; per fruit its sum is stock.available. One row per fruit and batch for orders.
create table stock_movements (
  id bigint generated always as identity primary key,
  fruit_id uuid not null,
  delta int not null,
  reason text not null,
  at timestamptz not null default now()
);
create index on stock_movements (fruit_id, id);

-- What orders hold. No foreign keys here and in the lines: the consumer has just locked the fruits it writes about.
create table reservations (
  order_id uuid primary key,
  status text not null check (status in ('held', 'confirmed', 'released', 'rejected')),
  reason text, -- of a rejection
  fruit_id uuid, -- that made it fail
  reserved_at timestamptz not null default now(),
  answered_at timestamptz not null default now() -- last time Order was told
);
create index on reservations (answered_at) where status = 'held';

create table reservation_lines (
  order_id uuid not null,
  fruit_id uuid not null,
  quantity int not null check (quantity > 0), -- boxes
  primary key (order_id, fruit_id)
);

-- Boxes per fruit and day that were confirmed: the best-seller ranking's truth.
create table sales (
  fruit_id uuid not null,
  sold_on date not null,
  boxes bigint not null,
  primary key (fruit_id, sold_on)
) with (fillfactor = 70);

-- Who received what, and so may review it.
create table purchases (
  account_id uuid not null,
  fruit_id uuid not null,
  received_at timestamptz not null default now(),
  primary key (account_id, fruit_id)
);

create table reviewers (
  account_id uuid primary key,
  name text not null -- as it is shown: with its middle hidden
);

create table reviews (
  id uuid primary key,
  fruit_id uuid not null references fruits,
  account_id uuid not null,
  author text not null,
  stars int not null check (stars between 1 and 5),
  text text not null,
  at timestamptz not null default now(),
  unique (fruit_id, account_id)
);
create index on reviews (fruit_id, at desc);
