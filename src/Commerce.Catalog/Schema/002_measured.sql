-- How and when the sugar content was measured, and what the law wants a shop to say about who grew the fruit.
alter table fruits
  add brix_method text not null default 'refractometer' check (brix_method in ('nondestructive', 'refractometer')),
  add brix_measured_on date;
update fruits set brix_measured_on = harvested_on;
alter table fruits alter brix_measured_on set not null;

alter table lots
  add brix_method text not null default 'refractometer' check (brix_method in ('nondestructive', 'refractometer')),
  add brix_measured_on date;
update lots set brix_measured_on = harvested_on;
alter table lots alter brix_measured_on set not null;

-- Published with every fruit: the person who answers for the farm, and the number that consumers call.
alter table farms
  add producer text not null default '',
  add producer_en text not null default '',
  add phone text not null default '';
