-- What a farm has to ship and when: the day is promised when the order is confirmed and stays.
alter table orders
  add confirmed_at timestamptz,
  add ships_on date,
  -- Farms that still have boxes of an order that is on its way already.
  add waiting_for uuid[] not null default '{}';

-- Orders from before: the rule of MarketDays.ShipsOn, once in SQL.
update orders o set confirmed_at = t.at, ships_on = (
    select day::date from generate_series(
      ((t.at at time zone 'Asia/Seoul') + interval '10 hours')::date,
      ((t.at at time zone 'Asia/Seoul') + interval '10 hours')::date + 2, interval '1 day') day
    where extract(isodow from day) < 6 order by day limit 1)
from timeline t where t.order_id = o.id and t.event = 'order.confirmed';

create index orders_to_ship on orders (ships_on, id) where status = 'Confirmed';

-- What a farm is owed, line by line; never changed. A month that is over keeps its sums.
create table settlement_entries (
  order_id uuid not null,
  fruit_id uuid not null,
  kind text not null check (kind in ('sale', 'refund')),
  farm_id uuid not null,
  at timestamptz not null,
  quantity integer not null,
  amount_krw bigint not null,
  fee_krw bigint not null,
  primary key (order_id, fruit_id, kind),
  check (case kind when 'sale' then quantity > 0 and amount_krw >= 0 and fee_krw between 0 and amount_krw
    else quantity < 0 and amount_krw <= 0 and fee_krw between amount_krw and 0 end)
);

create index settlement_entries_farm on settlement_entries (farm_id, at);

-- Deliveries from before, at the percentage of then.
insert into settlement_entries (order_id, fruit_id, kind, farm_id, at, quantity, amount_krw, fee_krw)
select l.order_id, l.fruit_id, 'sale', l.farm_id, t.at, l.quantity, l.quantity * l.unit_price_krw,
  round(l.quantity * l.unit_price_krw * 0.06)
from order_lines l join timeline t on t.order_id = l.order_id and t.event = 'order.delivered';
