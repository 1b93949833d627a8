-- What export knows: items of declarations and completed trainings, and the numbers they make. The functions are the only definition
-- of these numbers: for touched units before and after a batch, and for all units by verify.
-- Versions are bytes that sort as (time, recordedtime, id, class, inverted digest); '' = none yet. Months = year * 12 + month - 1, in
-- four bytes: a date may be in any year up to 9999. Provinces, countries, chapters and publishers are numbers of the dictionary `code`.

create table item(
  unit uuid, msme uuid,             -- the MSME and its group's smallest msme, as the newest statement says; null = only cancelled so far
  type integer not null, publisher integer not null,
  month integer, province integer, destination integer, region integer, commodity integer, priority integer,
  fob_cents bigint, pieces bigint,
  number text collate "C" not null, item text collate "C" not null,
  version bytea not null,           -- the newest statement's
  cancelled bytea not null,         -- the newest cancellation's
  primary key (number, item, type, publisher)) with (fillfactor = 80);
create index item_unit on item(unit);

create table training(
  unit uuid not null, msme uuid not null,
  month integer not null,
  campus integer not null, publisher integer not null, province integer,
  programme text collate "C" not null,
  version bytea not null,
  primary key (unit, msme, campus, programme, publisher)) with (fillfactor = 80);

-- Who states which facts: they can only be stated twice where two do.
create table speaker(fact text, publisher integer, primary key (fact, publisher));

create table export_cell(
  month integer not null, province integer not null, destination integer not null, region integer not null, commodity integer not null,
  type integer not null, priority integer,
  fob_cents numeric not null, pieces numeric not null, items bigint not null, number bigint not null,
  unique nulls not distinct (month, province, destination, region, commodity, type, priority));
create index on export_cell(number);
create table exporter_cell(
  month integer, province integer, exporters bigint not null, number bigint not null,
  primary key (month, province));
create index on exporter_cell(number);
create table exporter_destination_cell(
  month integer, destination integer, exporters bigint not null, number bigint not null,
  primary key (month, destination));
create index on exporter_destination_cell(number);
create table exporter_commodity_cell(
  month integer, commodity integer, exporters bigint not null, number bigint not null,
  primary key (month, commodity));
create index on exporter_commodity_cell(number);
create table exporter_month_cell(
  month integer, province integer, consistent bigint not null, number bigint not null,
  primary key (month, province));
create index on exporter_month_cell(number);
create table trained_cell(
  month integer not null, campus integer not null, province integer,
  trained bigint not null, exporters_trained bigint not null, number bigint not null,
  unique nulls not distinct (month, campus, province));
create index on trained_cell(number);

-- The standing items of these units. Of publishers who state the same item one leads, and only its MSME has it: another publisher may
-- name another MSME, so who is ahead is looked for among all. `stamp` is a version without its class and digest.
create function leading_items(units uuid[]) returns table(unit uuid, type integer, number text, item text, publisher_name text,
  stamp bytea, month integer, province integer, destination integer, region integer, commodity integer, priority integer,
  fob_cents bigint, pieces bigint) language sql stable as $f$
select unit, type, number, item, publisher.name, substring(version for length(version) - 17),
  month, province, destination, region, commodity, priority, fob_cents, pieces
from item as stated join publisher using (publisher)
where version > cancelled and counted and unit = any(units) and not exists (
  select from item as rival join publisher as ahead using (publisher)
  where rival.number = stated.number and rival.item = stated.item and rival.type = stated.type
    and rival.version > rival.cancelled and ahead.counted and (ahead.rank, ahead.name) < (publisher.rank, publisher.name)
  offset 0)   -- look-ups by the key, whatever size the table was when the plan was made
$f$;

create function export_cells(units uuid[]) returns table(unit uuid, month integer, province integer, destination integer, region integer,
  commodity integer, type integer, priority integer, fob_cents bigint, pieces bigint, items int) language sql stable as $f$
select unit, month, province, destination, region, commodity, type, priority, fob_cents, pieces, 1 from leading_items(units)
$f$;

-- An exporter stands from its earliest item on, where its newest item is from.
create function exporter_cells(units uuid[]) returns table(unit uuid, month integer, province integer, exporters int)
language sql stable as $f$
select distinct on (unit) unit, min(month) over (partition by unit), province, 1
from leading_items(units) join code on code.code = type
order by unit, stamp desc, code.name, number, item, publisher_name
$f$;
create function exporter_destination_cells(units uuid[]) returns table(unit uuid, month integer, destination integer, exporters int)
language sql stable as $f$
select unit, min(month), destination, 1 from leading_items(units) group by unit, destination
$f$;
create function exporter_commodity_cells(units uuid[]) returns table(unit uuid, month integer, commodity integer, exporters int)
language sql stable as $f$
select unit, min(month), commodity, 1 from leading_items(units) group by unit, commodity
$f$;

-- Units with items dated in each of the three months that end with a month: where the newest of those items is from.
create function exporter_month_cells(units uuid[]) returns table(unit uuid, month integer, province integer, consistent int)
language sql stable as $f$
with aged as (
  select unit, month, province,
    row_number() over (partition by unit order by stamp desc, code.name, number, item, publisher_name)::int as age
  from leading_items(units) join code on code.code = type
), newest as (
  select distinct on (unit, month) unit, month, province, age from aged order by unit, month, age
), spanned as (
  select unit, month, count(*) over span as months, min(array[age, province]) over span as newest
  from newest window span as (partition by unit order by month range between 2 preceding and current row))
select unit, month, newest[2], 1 from spanned where months = 3
$f$;

-- The trainings of these units, one a natural key: of publishers who state the same one leads.
create function leading_trainings(units uuid[]) returns table(unit uuid, msme uuid, campus integer, programme text, publisher_name text,
  stamp bytea, month integer, province integer) language sql stable as $f$
select distinct on (unit, msme, campus, programme) unit, msme, campus, programme, name,
  substring(version for length(version) - 17), month, province
from training join publisher using (publisher) where counted and unit = any(units)
order by unit, msme, campus, programme, rank, name
$f$;

-- A unit is trained from its earliest completion on, at the campus of its newest; an exporter that is trained from when it is both.
create function trained_cells(units uuid[]) returns table(unit uuid, month integer, campus integer, province integer, trained int,
  exporters_trained int) language sql stable as $f$
with completed as materialized (
  select distinct on (unit) unit, min(month) over (partition by unit) as month, campus, province
  from leading_trainings(units) join code on code.code = campus
  order by unit, stamp desc, msme, code.name, programme, publisher_name
), exporting as (
  select unit, min(month) as month from leading_items(array(select unit from completed)) group by unit)
select unit, month, campus, province, 1, 0 from completed
union all
select unit, greatest(completed.month, exporting.month), campus, province, 0, 1 from completed join exporting using (unit)
$f$;

-- Items and trainings that two publishers state.
create function contested_items(numbers text[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'item', json_build_object('type', min(code.name), 'number', number, 'item', item)::text,
  json_agg(publisher.name order by rank, publisher.name)::text, (array_agg(publisher.name order by rank, publisher.name))[1]
from item join publisher using (publisher) join code on code.code = type
where version > cancelled and counted and number = any(numbers)
group by number, item, type having count(*) > 1
$f$;
create function contested_trainings(units uuid[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'training', json_build_object('msme_id', coalesce(min(msme_id), msme::text), 'campus', min(code.name), 'programme', programme)::text,
  json_agg(publisher.name order by rank, publisher.name)::text, (array_agg(publisher.name order by rank, publisher.name))[1]
from training join publisher using (publisher) join code on code.code = campus left join pseudonym using (msme)
where counted and unit = any(units)
group by unit, msme, campus, programme having count(*) > 1
$f$;
