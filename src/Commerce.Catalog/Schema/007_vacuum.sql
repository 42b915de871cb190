-- Written once and never changed: freeze new pages in small portions while they are still in memory.
alter table stock_movements set (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_freeze_min_age = 0);
alter table reservation_lines set (
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05, autovacuum_freeze_min_age = 0);

-- Changed once or twice in their first seconds, then never again.
alter table reservations set (
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 10000,
  autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_vacuum_insert_threshold = 10000,
  autovacuum_analyze_scale_factor = 0.05);

-- A row per fruit that changes with every batch of orders. Its updates stay on their page; those that could not are cleared
-- away by number, for a share of a million fruits would be long in coming.
alter table stock set (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000);
