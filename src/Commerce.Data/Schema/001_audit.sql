-- What admins did in this service, written with what they did. Append-only. In databases that have messaging, the table came
-- with it (Commerce.Messaging, 002_admin.sql) before it moved here.
create table if not exists audit (
  id         uuid primary key,
  at         timestamptz not null default clock_timestamp(),
  admin_id   uuid not null,
  admin_name text not null,
  action     text not null,
  subject    uuid not null,
  note       text
);

create index if not exists audit_subject on audit (subject, id);
