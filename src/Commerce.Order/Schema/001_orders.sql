-- Money is whole KRW. Deadlines are this database's time: no other clock decides about an order.
create table orders (
  id uuid primary key,
  account_id uuid not null,
  status text not null check (status in ('Placed', 'StockReserved', 'Confirmed', 'Rejected', 'Cancelled', 'Delivered')),
  reason text,
  payment_status text not null check (payment_status in ('pending', 'captured', 'declined', 'refunded')),
  delivery_status text check (delivery_status in ('READY', 'ON_ROUTE', 'DELIVERED')),
  tracking_number text,
  total_krw bigint not null check (total_krw between 1 and 100000000),
  -- One-time token of the payment provider; gone as soon as nobody has to be asked for the money any more.
  payment_token text,
  recipient text not null,
  phone text not null,
  postal_code text not null,
  line1 text not null,
  line2 text,
  placed_at timestamptz not null,
  expires_at timestamptz not null,
  -- When the sweeper looks at the order next; null when it waits for nothing that can be overdue.
  next_check_at timestamptz,
  asked integer not null default 0,
  -- Trace of the click that placed the order; the sweeper goes on under it.
  trace_parent text,
  check (payment_token is null or status in ('Placed', 'StockReserved'))
);

-- Ids are UUIDv7: newest first is "id desc", without an index on the time.
create index orders_account on orders (account_id, id);
create index orders_status on orders (status, id);
create index orders_placed_at on orders (placed_at);
create index orders_due on orders (next_check_at) where next_check_at is not null;

create table order_lines (
  order_id uuid not null references orders (id) on delete cascade,
  position smallint not null,
  fruit_id uuid not null,
  farm_id uuid not null,
  name text not null,
  name_en text not null,
  farm_name text not null,
  image_url text not null,
  quantity integer not null check (quantity between 1 and 99),
  unit_price_krw bigint not null check (unit_price_krw >= 0),
  primary key (order_id, fruit_id)
);

create index order_lines_farm on order_lines (farm_id, order_id);

-- Every event of an order, from all services. No foreign key: rows are only written beside their locked order.
create table timeline (
  order_id uuid not null,
  event text not null,
  event_id uuid not null,
  at timestamptz not null,
  source text not null,
  detail text,
  trace_id text,
  -- Breaks ties of the time: the order in which this service heard of them.
  position bigint generated always as identity,
  -- A fact is told once, however often it was asked for and answered again.
  primary key (order_id, event)
);

-- Order's own copy of what Catalog sells; the highest version wins.
create table fruit_copies (
  fruit_id uuid primary key,
  farm_id uuid not null,
  name text not null,
  name_en text not null,
  farm_name text not null,
  price_krw bigint not null,
  image_url text not null,
  for_sale boolean not null,
  version bigint not null
);

-- The answer of each placed order, for 24 h. A row exists only beside its order: failures are not remembered.
create table idempotency_keys (
  account_id uuid not null,
  key text not null,
  request_hash bytea not null,
  status integer not null,
  body text not null,
  location text not null,
  created_at timestamptz not null,
  primary key (account_id, key)
);

create index idempotency_keys_created_at on idempotency_keys (created_at);
