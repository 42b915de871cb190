-- A farmer's own code of a fruit: by it a file finds the fruit again, whatever its name became.
alter table fruits add code text;
create unique index on fruits (farm_id, code) where code is not null;

-- A file of fruits on its way into the shop: read and checked once, then taken in steps. A farm has one at a time.
create table imports (
  id uuid primary key,
  farm_id uuid not null unique,
  encoding text not null,
  bad int not null,
  created_at timestamptz not null default now()
);

create table import_rows (
  import_id uuid not null references imports on delete cascade,
  line int not null, -- as a spreadsheet counts: the header is row 1
  entry jsonb, -- null when the row is bad
  problems jsonb not null default '[]',
  outcome text check (outcome in ('created', 'updated', 'unchanged')), -- null until the row is taken
  primary key (import_id, line)
);
