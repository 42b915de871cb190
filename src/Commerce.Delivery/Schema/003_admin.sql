-- What an admin lists and searches by. Tombstones were never scheduled and are shown to nobody.
create index deliveries_scheduled on deliveries (order_id) where scheduled_at is not null;
create index deliveries_status on deliveries (status, order_id) where scheduled_at is not null;
create index deliveries_number on deliveries (right(order_id::text, 12) text_pattern_ops) where scheduled_at is not null;
create index deliveries_tracking on deliveries (tracking_number text_pattern_ops) where scheduled_at is not null;
