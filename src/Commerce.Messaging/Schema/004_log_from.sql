-- Commit time: whatever was written before and is not missing did not come from the log of this epoch. When the epoch ends and
-- it is not certain how far the log was read, events are missing from here on.
alter table consumer_offset add column log_from timestamptz not null default '-infinity';
