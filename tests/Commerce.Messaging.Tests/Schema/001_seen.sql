-- What the handler was given, in the order in which it was given. Nothing unique: doubles must show.
create table seen (
  position bigint generated always as identity primary key,
  event_id uuid not null,
  subject  uuid not null,
  number   int not null,
  trace    text
);
