-- One address is the default as soon as there is any; the index makes two impossible.
alter table address add column is_default boolean not null default false;

update address a set is_default = true
where not exists (
  select from address b
  where b.account_id = a.account_id and (b.created_at, b.id) < (a.created_at, a.id)
);

create unique index address_default on address (account_id) where is_default;
