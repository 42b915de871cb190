-- One row per order. A row without scheduled_at is a tombstone: the order's end arrived before its confirmation.
create table deliveries (
  order_id        uuid primary key,
  delivery_id     uuid not null,
  status          text not null check (status in ('READY', 'ON_ROUTE', 'DELIVERED', 'CANCELLED')),
  account_id      uuid,
  -- The farms of the order's lines; a farm's id is its farmer's account id.
  farm_ids        uuid[] not null default '{}',
  tracking_number text,
  scheduled_at    timestamptz,
  on_route_at     timestamptz,
  delivered_at    timestamptz,
  cancelled_at    timestamptz,
  -- Of order.confirmed: everything later goes on under the order's own trace.
  trace_parent    text,
  updated_at      timestamptz not null default now(),
  constraint tombstones_are_cancelled check (
    status = 'CANCELLED' or (scheduled_at is not null and account_id is not null and tracking_number is not null))
);

-- The sweeper goes by state and time alone, so that nothing depends on a timer or an event that could be lost.
create index deliveries_ready on deliveries (scheduled_at) where status = 'READY';
create index deliveries_on_route on deliveries (on_route_at) where status = 'ON_ROUTE';
