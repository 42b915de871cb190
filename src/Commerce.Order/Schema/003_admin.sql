-- The payload of each event, for admins: as it was published, without what pays.
alter table timeline add column payload jsonb;

-- Why an admin gives the money of a delivered order back; set when it is asked for, kept when it is back.
alter table orders add column refund_reason text;
alter table orders add constraint refunds_follow_delivery check (refund_reason is null or status = 'Delivered');

-- What an admin searches by: one index per way, united by the query. The pattern operator class serves "begins with" whatever
-- the database's collation; the end of the id is the order number that people read out.
create index orders_recipient on orders (recipient text_pattern_ops, id);
create index orders_number on orders (right(id::text, 12) text_pattern_ops);
create index order_lines_fruit on order_lines (fruit_id, order_id);
