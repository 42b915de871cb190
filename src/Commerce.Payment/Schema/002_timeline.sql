-- The timeline of PostgreSQL's log on which our payments agree with the provider's books. A restored backup begins another
-- one, and so does a standby that takes over: then the provider may have done what is forgotten here. 0: never compared.
create table agreed (timeline int not null);

insert into agreed
select case when exists (select from payments) then 0 else timeline_id end from pg_control_checkpoint();

-- Money whose order is unknown: few, and looked for all day.
create index payments_without_order on payments (updated_at) where payment_key is not null and account_id is null;
