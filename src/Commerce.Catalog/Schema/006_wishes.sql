-- Who wants to hear when a fruit can be ordered again. A wish goes when its shopper has seen the notice.
create table wishes (
  account_id uuid not null,
  fruit_id uuid not null references fruits,
  wished_at timestamptz not null default now(),
  primary key (account_id, fruit_id)
);
create index on wishes (fruit_id);

-- A review that was written before its account was known gets the name later.
create index on reviews (account_id);
