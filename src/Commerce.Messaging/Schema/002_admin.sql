-- An admin's last word on a dead letter: it stays, marked, and is not counted any more.
alter table dead_letters
  add column discarded_at timestamptz,
  add column discarded_by text,
  add column discard_note text,
  add constraint discarded_with_a_note check (num_nonnulls(discarded_at, discarded_by, discard_note) in (0, 3)),
  add constraint discarded_or_redriven check (discarded_at is null or redriven_at is null);

-- The open ones are few and asked for all day; the others only grow.
create index dead_letters_open on dead_letters (failed_at desc, id) where redriven_at is null and discarded_at is null;
create index dead_letters_type on dead_letters (event_type, failed_at desc);

-- What admins did in this service, written with what they did. Append-only.
create table audit (
  id         uuid primary key,
  at         timestamptz not null default clock_timestamp(),
  admin_id   uuid not null,
  admin_name text not null,
  action     text not null,
  subject    uuid not null,
  note       text
);

create index audit_subject on audit (subject, id);
