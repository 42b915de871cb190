-- The service's events, append-only. Readers follow seq; the relay follows the WAL of this table and nothing else.
create table outbox (
  seq          bigint generated always as identity primary key,
  id           uuid not null,
  -- null: an event on the service's own topic. Otherwise a message of the transport itself (dead letter copy, request).
  topic        text,
  subject      uuid not null,
  type         text not null,
  payload      text,
  -- Dead letter copies carry the bytes that came, which need not be text.
  raw          bytea,
  headers      jsonb,
  trace_parent text,
  created_at   timestamptz not null default clock_timestamp(),
  check (num_nonnulls(payload, raw) = 1)
);

-- Rows arrive in the order of time, so a block range index finds "since" at the price of almost nothing per insert.
create index outbox_created_at on outbox using brin (created_at) with (autosummarize = on);

create publication outbox for table outbox with (publish = 'insert');

-- One row. The truth about the relay that must survive it.
create table relay (
  topic           text primary key,
  epoch           bigint not null default 1,
  cluster_id      text,
  -- The broker lost what it had and the partitions do not carry the new epoch's marker yet.
  markers_pending boolean not null default false,
  -- Rows from this time on are not covered by the slot: publish them from the table. Null: nothing to do.
  backlog_from    timestamptz default '-infinity',
  -- Only up to this row: the others were committed when the slot existed. Null: up to the last.
  backlog_to      bigint,
  -- Commit time of the last confirmed transaction.
  confirmed_at    timestamptz,
  published       bigint not null default 0,
  published_at    timestamptz
);

-- The highest offset that the broker acknowledged, per partition of the own topic.
create table relay_state (
  topic       text not null,
  partition   int not null,
  epoch       bigint not null,
  last_offset bigint not null,
  primary key (topic, partition)
);

create table inbox (
  consumer    text not null,
  event_id    uuid not null,
  received_at timestamptz not null default now(),
  primary key (consumer, event_id)
);

create index inbox_received_at on inbox using brin (received_at) with (autosummarize = on);

-- Where each consumer goes on, written in the transaction of its handler.
create table consumer_offset (
  consumer      text not null,
  topic         text not null,
  partition     int not null,
  epoch         bigint not null,
  next_offset   bigint not null,
  -- Commit time of the newest event handled; a hole is filled from here on.
  last_at       timestamptz,
  -- Set while events are missing: publish again since this time was asked and the answer has not passed completely.
  missing_since timestamptz,
  -- The publishing again that is passing now, seen from its begin without a jump.
  healing       uuid,
  handled       bigint not null default 0,
  handled_at    timestamptz,
  primary key (consumer, topic, partition)
);

create table retries (
  id              uuid primary key,
  consumer        text not null,
  topic           text not null,
  partition       int not null,
  record_offset   bigint not null,
  event_id        uuid not null,
  event_type      text not null,
  subject         text not null,
  headers         jsonb not null,
  payload         bytea not null,
  attempts        int not null,
  error           text not null,
  next_at         timestamptz not null
);

create index retries_due on retries (consumer, next_at);

create table dead_letters (
  id              uuid primary key,
  consumer        text not null,
  topic           text not null,
  partition       int not null,
  record_offset   bigint not null,
  event_id        uuid not null,
  event_type      text not null,
  subject         text not null,
  headers         jsonb not null,
  payload         bytea not null,
  attempts        int not null,
  error           text not null,
  failed_at       timestamptz not null default clock_timestamp(),
  redriven_at     timestamptz
);

create index dead_letters_failed_at on dead_letters (failed_at desc, id);
