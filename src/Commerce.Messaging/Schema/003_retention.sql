-- Retention takes rows away at the old end of these tables: see docs/adr/0012-retention.md.

-- When the youngest event was written that retention has taken from the outbox. Whoever asks for older ones gets less.
alter table relay add column trimmed_to timestamptz;

-- Old inbox rows are found by their ids, which carry the time, and nothing else asked for this.
drop index inbox_received_at;

create index dead_letters_settled on dead_letters (coalesce(redriven_at, discarded_at))
  where redriven_at is not null or discarded_at is not null;

-- Written once, never changed, taken away a month later. Vacuum in small portions: of new pages so that their rows are
-- frozen once and for all while they are still in memory, and of trimmed ones so that their room is used again.
alter table outbox set (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_freeze_min_age = 0);
alter table inbox set (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_vacuum_scale_factor = 0.05, autovacuum_vacuum_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_freeze_min_age = 0);

-- A few rows that change with every batch and have no index but their key: room beside each row keeps the update on its page,
-- and the next one finds the page pruned. Vacuum by number: a share of so few rows says nothing.
alter table relay set (
  fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);
alter table relay_state set (
  fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);
alter table consumer_offset set (
  fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 10000);

-- A queue: nearly empty, however much goes through it.
alter table retries set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
