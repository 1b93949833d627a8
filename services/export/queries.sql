-- name: temporary_tables
-- Of each connection; emptied at commit. stage_*: as folded; news_*: what brings something new, with its unit and cause;
-- touched_*: the units whose numbers may change; before_*: their numbers as they were.
-- `storage plain`: no second table for long values beside each, which a commit would have to empty too (6 ms a batch for all of them);
-- the longest event fits a page. Those who contest a fact may be many: `before_contested` has one.
create temp table stage_item(no int, type int, number text storage plain collate "C", item text storage plain collate "C",
  publisher int, version bytea storage plain, msme uuid, month int, province int, destination int, region int, commodity int,
  priority int, fob_cents bigint, pieces bigint, cancelled bytea storage plain) on commit delete rows;
create temp table news_item(unit uuid, cause text storage plain, like stage_item including storage) on commit delete rows;
create temp table touched_item(unit uuid, cause text storage plain) on commit delete rows;
create temp table stage_training(no int, msme uuid, campus int, programme text storage plain collate "C", publisher int,
  version bytea storage plain, month int, province int, cancelled bytea storage plain) on commit delete rows;
create temp table news_training(unit uuid, cause text storage plain, like stage_training including storage) on commit delete rows;
create temp table touched_training(unit uuid, cause text storage plain) on commit delete rows;
create temp table before_export(unit uuid, month int, province int, destination int, region int, commodity int, type int, priority int,
  fob_cents bigint, pieces bigint, items int) on commit delete rows;
create temp table before_exporter(unit uuid, month int, province int, exporters int) on commit delete rows;
create temp table before_exporter_destination(unit uuid, month int, destination int, exporters int) on commit delete rows;
create temp table before_exporter_commodity(unit uuid, month int, commodity int, exporters int) on commit delete rows;
create temp table before_exporter_month(unit uuid, month int, province int, consistent int) on commit delete rows;
create temp table before_trained(unit uuid, month int, campus int, province int, trained int, exporters_trained int)
  on commit delete rows;
create temp table before_contested(fact text, key text, publishers text, leads text) on commit delete rows

-- name: counting_tables
-- Everything anew, for one transaction.
create temp table counted_export(month int, province int, destination int, region int, commodity int, type int, priority int,
  fob_cents numeric, pieces numeric, items bigint) on commit drop;
create temp table counted_exporter(month int, province int, exporters bigint) on commit drop;
create temp table counted_exporter_destination(month int, destination int, exporters bigint) on commit drop;
create temp table counted_exporter_commodity(month int, commodity int, exporters bigint) on commit drop;
create temp table counted_exporter_month(month int, province int, consistent bigint) on commit drop;
create temp table counted_trained(month int, campus int, province int, trained bigint, exporters_trained bigint) on commit drop;
create temp table counted_contested(fact text, key text, publishers text, leads text) on commit drop

-- name: judge_items
-- Two letters a staged row (see `judged`); rows that bring something new go on to news_item, with the unit that they name. `limit 1` keeps
-- it one look-up a row by the key, whatever size the table was when the plan was made.
with judged as materialized (
  select stage.*, coalesce(member.unit, stage.msme) as unit, known.version as known_version, known.cancelled as known_cancelled
  from stage_item as stage left join member on member.msme = stage.msme
  left join lateral (
    select version, cancelled from item
    where item.number = stage.number and item.item = stage.item and item.type = stage.type and item.publisher = stage.publisher
    limit 1) as known on true
), kept as (
  insert into news_item
  select unit, case when cancelled > coalesce(known_cancelled, '') then 'cancellation'
                    when coalesce(known_version, '') = '' then 'late' else 'correction' end,
    no, type, number, item, publisher, version, msme, month, province, destination, region, commodity, priority, fob_cents, pieces,
    cancelled
  from judged where version > coalesce(known_version, '') or cancelled > coalesce(known_cancelled, ''))
select string_agg(judged(version, known_version) || judged(cancelled, known_cancelled), '' order by no) from judged

-- name: touch_items
-- The MSMEs that these items name, and all whom any publisher's statement of them named so far: whoever leads may change.
insert into touched_item
select unit, min(cause) from (
  select unit, cause from news_item
  union all select known.unit, cause from news_item as news cross join lateral (
    select unit from item where item.number = news.number and item.item = news.item and item.type = news.type offset 0) as known
) as touching
where unit is not null group by unit

-- name: touch_moved_items
insert into touched_item select unit, 'identity' from (select old_unit as unit from moved union select new_unit from moved) as moving

-- name: merge_items
insert into item as known(unit, msme, type, publisher, month, province, destination, region, commodity, priority, fob_cents, pieces,
  number, item, version, cancelled)
select unit, msme, type, publisher, month, province, destination, region, commodity, priority, fob_cents, pieces,
  number, item, version, cancelled
from news_item order by number, item, type, publisher
on conflict (number, item, type, publisher) do update set
  unit        = case when excluded.version > known.version then excluded.unit else known.unit end,
  msme        = case when excluded.version > known.version then excluded.msme else known.msme end,
  month       = case when excluded.version > known.version then excluded.month else known.month end,
  province    = case when excluded.version > known.version then excluded.province else known.province end,
  destination = case when excluded.version > known.version then excluded.destination else known.destination end,
  region      = case when excluded.version > known.version then excluded.region else known.region end,
  commodity   = case when excluded.version > known.version then excluded.commodity else known.commodity end,
  priority    = case when excluded.version > known.version then excluded.priority else known.priority end,
  fob_cents   = case when excluded.version > known.version then excluded.fob_cents else known.fob_cents end,
  pieces      = case when excluded.version > known.version then excluded.pieces else known.pieces end,
  version     = greatest(known.version, excluded.version),
  cancelled   = greatest(known.cancelled, excluded.cancelled)

-- name: move_items
update item set unit = new_unit from moved
where item.unit = any(array(select old_unit from moved)) and item.unit = old_unit and item.msme = moved.msme

-- name: judge_trainings
with judged as materialized (
  select stage.*, coalesce(member.unit, stage.msme) as unit, known.version as known_version
  from stage_training as stage left join member on member.msme = stage.msme
  left join lateral (
    select version from training
    where training.unit = coalesce(member.unit, stage.msme) and training.msme = stage.msme and training.campus = stage.campus
      and training.programme = stage.programme and training.publisher = stage.publisher limit 1) as known on true
), kept as (
  insert into news_training
  select unit, case when known_version is null then 'late' else 'correction' end, no, msme, campus, programme, publisher, version,
    month, province, cancelled
  from judged where version > coalesce(known_version, ''))
select string_agg(judged(version, known_version) || '-', '' order by no) from judged

-- name: touch_trainings
insert into touched_training select unit, min(cause) from news_training group by unit

-- name: touch_moved_trainings
insert into touched_training select unit, 'identity' from (select old_unit as unit from moved union select new_unit from moved) as moving

-- name: merge_trainings
insert into training as known(unit, msme, month, campus, publisher, province, programme, version)
select unit, msme, month, campus, publisher, province, programme, version
from news_training order by unit, msme, campus, programme, publisher
on conflict (unit, msme, campus, programme, publisher) do update set
  month = excluded.month, province = excluded.province, version = excluded.version
where excluded.version > known.version

-- name: move_trainings
update training set unit = new_unit from moved
where training.unit = any(array(select old_unit from moved)) and training.unit = old_unit and training.msme = moved.msme

-- name: before_exports
insert into before_export select * from export_cells(array(select unit from touched_item))

-- name: tell_exports
-- What changed, after less before, is added to the cells ($1: the number of this batch) and, for months before $2, to their causes.
with delta as materialized (
  select month, province, destination, region, commodity, type, priority, cause, sum(fob_cents) as fob_cents, sum(pieces) as pieces,
    sum(items) as items
  from (select unit, month, province, destination, region, commodity, type, priority,
          -fob_cents as fob_cents, -pieces as pieces, -items as items
        from before_export
        union all select * from export_cells(array(select unit from touched_item))) as change
  join touched_item using (unit)
  group by month, province, destination, region, commodity, type, priority, cause
  having (sum(fob_cents), sum(pieces), sum(items)) <> (0, 0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('fob_cents', fob_cents), ('pieces', pieces),
    ('priority_cents', case when priority is not null then fob_cents end)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into export_cell as told
select month, province, destination, region, commodity, type, priority, sum(fob_cents), sum(pieces), sum(items), $1
from delta group by month, province, destination, region, commodity, type, priority
  having (sum(fob_cents), sum(pieces), sum(items)) <> (0, 0, 0)
order by month, province, destination, region, commodity, type, priority
on conflict (month, province, destination, region, commodity, type, priority) do update set
  fob_cents = told.fob_cents + excluded.fob_cents, pieces = told.pieces + excluded.pieces, items = told.items + excluded.items,
  number = excluded.number

-- name: before_exporters
insert into before_exporter select * from exporter_cells(array(select unit from touched_item))

-- name: tell_exporters
with delta as materialized (
  select month, province, cause, sum(exporters) as exporters
  from (select unit, month, province, -exporters as exporters from before_exporter
        union all select * from exporter_cells(array(select unit from touched_item))) as change
  join touched_item using (unit)
  group by month, province, cause having sum(exporters) <> 0
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('exporters', exporters)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into exporter_cell as told
select month, province, sum(exporters), $1
from delta group by month, province having sum(exporters) <> 0
order by month, province
on conflict (month, province) do update set exporters = told.exporters + excluded.exporters, number = excluded.number

-- name: before_exporter_destinations
insert into before_exporter_destination select * from exporter_destination_cells(array(select unit from touched_item))

-- name: tell_exporter_destinations
insert into exporter_destination_cell as told
select month, destination, sum(exporters), $1
from (select unit, month, destination, -exporters as exporters from before_exporter_destination
      union all select * from exporter_destination_cells(array(select unit from touched_item))) as change
group by month, destination having sum(exporters) <> 0
order by month, destination
on conflict (month, destination) do update set exporters = told.exporters + excluded.exporters, number = excluded.number

-- name: before_exporter_commodities
insert into before_exporter_commodity select * from exporter_commodity_cells(array(select unit from touched_item))

-- name: tell_exporter_commodities
insert into exporter_commodity_cell as told
select month, commodity, sum(exporters), $1
from (select unit, month, commodity, -exporters as exporters from before_exporter_commodity
      union all select * from exporter_commodity_cells(array(select unit from touched_item))) as change
group by month, commodity having sum(exporters) <> 0
order by month, commodity
on conflict (month, commodity) do update set exporters = told.exporters + excluded.exporters, number = excluded.number

-- name: before_exporter_months
insert into before_exporter_month select * from exporter_month_cells(array(select unit from touched_item))

-- name: tell_exporter_months
with delta as materialized (
  select month, province, cause, sum(consistent) as consistent
  from (select unit, month, province, -consistent as consistent from before_exporter_month
        union all select * from exporter_month_cells(array(select unit from touched_item))) as change
  join touched_item using (unit)
  group by month, province, cause having sum(consistent) <> 0
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('consistent', consistent)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into exporter_month_cell as told
select month, province, sum(consistent), $1
from delta group by month, province having sum(consistent) <> 0
order by month, province
on conflict (month, province) do update set consistent = told.consistent + excluded.consistent, number = excluded.number

-- name: before_trained
insert into before_trained select * from trained_cells(array(select unit from touched_item union select unit from touched_training))

-- name: tell_trained
with delta as materialized (
  select month, campus, province, cause, sum(trained) as trained, sum(exporters_trained) as exporters_trained
  from (select unit, month, campus, province, -trained as trained, -exporters_trained as exporters_trained from before_trained
        union all select * from trained_cells(array(select unit from touched_item union select unit from touched_training))) as change
  join (
    select unit, min(cause) as cause from (
      select * from touched_item union all select * from touched_training) as touching group by unit) as touched using (unit)
  group by month, campus, province, cause having (sum(trained), sum(exporters_trained)) <> (0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('trained', trained), ('exporters_trained', exporters_trained)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into trained_cell as told
select month, campus, province, sum(trained), sum(exporters_trained), $1
from delta group by month, campus, province having (sum(trained), sum(exporters_trained)) <> (0, 0)
order by month, campus, province
on conflict (month, campus, province) do update set trained = told.trained + excluded.trained,
  exporters_trained = told.exporters_trained + excluded.exporters_trained, number = excluded.number

-- name: forget_touched
-- Between the moves of links and the batch's own facts.
with items as (delete from touched_item), trainings as (delete from touched_training), moving as (delete from moved),
  exports as (delete from before_export), exporters as (delete from before_exporter),
  destinations as (delete from before_exporter_destination), commodities as (delete from before_exporter_commodity),
  months as (delete from before_exporter_month)
delete from before_trained

-- name: record_speakers
insert into speaker select 'item', publisher from news_item union select 'training', publisher from news_training on conflict do nothing

-- name: is_crowded
-- Whether two publishers state facts of one kind: only then can they state the same fact.
select exists (select from speaker group by fact having count(*) > 1)

-- name: before_contested
insert into before_contested select * from contested_items(array(select distinct number from news_item))
union all select * from contested_trainings(array(select unit from touched_training))

-- name: list_doubled
-- MSMEs whose trainings two publishers state.
select msme from training where unit = any(array(select unit from touched_training))
group by unit, msme, campus, programme having count(*) > 1

-- name: tell_contested
-- $1: the number of this batch.
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select fact, key, publishers, leads, -1 as contested from before_contested
  union all select *, 1 from contested_items(array(select distinct number from news_item))
  union all select *, 1 from contested_trainings(array(select unit from touched_training))) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number

-- name: count_exports
-- Everything anew from the facts, by ranges of unit from $1 to $2 (rebuild, verify, a changed registry).
insert into counted_export
select month, province, destination, region, commodity, type, priority, sum(fob_cents), sum(pieces), sum(items)
from export_cells(array(select distinct unit from item where unit between $1 and $2))
group by month, province, destination, region, commodity, type, priority

-- name: count_exporters
insert into counted_exporter
select month, province, sum(exporters)
from exporter_cells(array(select distinct unit from item where unit between $1 and $2))
group by month, province

-- name: count_exporter_destinations
insert into counted_exporter_destination
select month, destination, sum(exporters)
from exporter_destination_cells(array(select distinct unit from item where unit between $1 and $2))
group by month, destination

-- name: count_exporter_commodities
insert into counted_exporter_commodity
select month, commodity, sum(exporters)
from exporter_commodity_cells(array(select distinct unit from item where unit between $1 and $2))
group by month, commodity

-- name: count_exporter_months
insert into counted_exporter_month
select month, province, sum(consistent)
from exporter_month_cells(array(select distinct unit from item where unit between $1 and $2))
group by month, province

-- name: count_trained
insert into counted_trained
select month, campus, province, sum(trained), sum(exporters_trained)
from trained_cells(array(select distinct unit from training where unit between $1 and $2))
group by month, campus, province

-- name: count_contested
insert into counted_contested
select * from contested_items(array(select distinct number from item where unit between $1 and $2))
union all select * from contested_trainings(array(select distinct unit from training where unit between $1 and $2))

-- name: settle_exports
-- The cells become what was counted; $1: the number of this batch.
insert into export_cell as told
select month, province, destination, region, commodity, type, priority, sum(fob_cents), sum(pieces), sum(items), $1 from (
  select * from counted_export
  union all select month, province, destination, region, commodity, type, priority, -fob_cents, -pieces, -items from export_cell) as change
group by month, province, destination, region, commodity, type, priority having (sum(fob_cents), sum(pieces), sum(items)) <> (0, 0, 0)
on conflict (month, province, destination, region, commodity, type, priority) do update set
  fob_cents = told.fob_cents + excluded.fob_cents, pieces = told.pieces + excluded.pieces, items = told.items + excluded.items,
  number = excluded.number

-- name: settle_exporters
insert into exporter_cell as told
select month, province, sum(exporters), $1 from (
  select * from counted_exporter
  union all select month, province, -exporters from exporter_cell) as change
group by month, province having sum(exporters) <> 0
on conflict (month, province) do update set exporters = told.exporters + excluded.exporters, number = excluded.number

-- name: settle_exporter_destinations
insert into exporter_destination_cell as told
select month, destination, sum(exporters), $1 from (
  select * from counted_exporter_destination
  union all select month, destination, -exporters from exporter_destination_cell) as change
group by month, destination having sum(exporters) <> 0
on conflict (month, destination) do update set exporters = told.exporters + excluded.exporters, number = excluded.number

-- name: settle_exporter_commodities
insert into exporter_commodity_cell as told
select month, commodity, sum(exporters), $1 from (
  select * from counted_exporter_commodity
  union all select month, commodity, -exporters from exporter_commodity_cell) as change
group by month, commodity having sum(exporters) <> 0
on conflict (month, commodity) do update set exporters = told.exporters + excluded.exporters, number = excluded.number

-- name: settle_exporter_months
insert into exporter_month_cell as told
select month, province, sum(consistent), $1 from (
  select * from counted_exporter_month
  union all select month, province, -consistent from exporter_month_cell) as change
group by month, province having sum(consistent) <> 0
on conflict (month, province) do update set consistent = told.consistent + excluded.consistent, number = excluded.number

-- name: settle_trained
insert into trained_cell as told
select month, campus, province, sum(trained), sum(exporters_trained), $1 from (
  select * from counted_trained
  union all select month, campus, province, -trained, -exporters_trained from trained_cell) as change
group by month, campus, province having (sum(trained), sum(exporters_trained)) <> (0, 0)
on conflict (month, campus, province) do update set trained = told.trained + excluded.trained,
  exporters_trained = told.exporters_trained + excluded.exporters_trained, number = excluded.number

-- name: settle_contested
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select distinct fact, key, publishers, leads, 1 as contested from counted_contested
  union all select fact, key, publishers, leads, -contested from contested_cell) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number
