-- Farms whose farmer hands the boxes over; at all others the carrier collects by itself.
create table hand_over_farms (
  farm_id uuid primary key,
  since   timestamptz not null default now()
);

-- Which of those farms still have boxes of the order. The order is on its way with the first boxes and arrives with the last.
alter table deliveries add waiting_for uuid[] not null default '{}';

drop index deliveries_ready;
drop index deliveries_on_route;
create index deliveries_ready on deliveries (scheduled_at) where status = 'READY' and waiting_for = '{}';
create index deliveries_on_route on deliveries (updated_at) where status = 'ON_ROUTE' and waiting_for = '{}';
