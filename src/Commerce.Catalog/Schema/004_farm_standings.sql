-- Whether a farm may sell, as Identity's events say; the latest holds, in whatever order they come. No foreign key: a
-- suspension may arrive before the farm does.
create table farm_standings (
  farm_id uuid primary key,
  suspended boolean not null,
  reason text, -- in the admin's words; the farmer reads it
  at timestamptz not null,
  check (not suspended or reason is not null)
);

-- A suspended farm's fruits are not for sale, whatever the farmer wanted; this remembers which to offer again.
alter table fruits add column withdrawn boolean not null default false;
alter table fruits add constraint withdrawn_is_not_for_sale check (not (withdrawn and for_sale));
