-- name: temporary_tables
-- Of each connection; emptied at commit: what a batch brings, before anything is locked.
create temp table stage_cell(kind text, service text, key text[], month integer, fiscal_year integer, known boolean,
  measures numeric[], generation bigint, number bigint) on commit delete rows;
create temp table stage_observation(no int, indicator text collate "C", period text collate "C", destination text collate "C",
  opening boolean, publisher integer, version bytea, value text, unit text, stated_by text, numerator text, denominator text,
  cancelled bytea) on commit delete rows;
create temp table stage_target(no int, indicator text collate "C", name text collate "C", publisher integer, version bytea,
  set_on date, value text, due date, details text, cancelled bytea) on commit delete rows

-- name: stage_cells
-- Not by COPY, as all under the lock: whoever stops in the middle of one is not ended by any timeout.
insert into stage_cell
select kind, service, array(select jsonb_array_elements_text(key::jsonb)), month, fiscal_year, known, measures::numeric[], generation, number
from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::int[], $6::boolean[], $7::text[], $8::bigint[], $9::bigint[])
  as told(kind, service, key, month, fiscal_year, known, measures, generation, number)

-- name: keep_pending
-- Cells wait for their watermark. Those that bring nothing newer are left out before the merge: they would be locked for nothing.
-- `limit 1` keeps it one look-up a cell: a flush of ten cells does not read all of them.
insert into pending_cell as waiting
select stage.* from stage_cell as stage left join lateral (
  select cell.generation, cell.number from cell
  where cell.kind = stage.kind and cell.service = stage.service and cell.key = stage.key limit 1) as told on true
where told.number is null or (stage.generation, stage.number) > (told.generation, told.number)
order by service, kind, key
on conflict (service, kind, key) do update set
  month = excluded.month, fiscal_year = excluded.fiscal_year, known = excluded.known,
  measures = excluded.measures, generation = excluded.generation, number = excluded.number
where (excluded.generation, excluded.number) > (waiting.generation, waiting.number)

-- name: empty_stage
delete from stage_cell

-- name: is_covered
-- Whether a watermark closes all that waits: one of a relay that slept must not let half of a newer flush through.
select not exists (select from pending_cell where service = $1 and (generation, number) > ($2, $3))

-- name: retire_cells
-- A flush that had all cells of a new generation: what older ones had beside them is nothing any more.
insert into pending_cell
select kind, service, key, month, fiscal_year, known, array_fill(0::numeric, array[cardinality(measures)]), $2, $3
from cell where service = $1 and generation < $2
on conflict (service, kind, key) do nothing

-- name: apply_pending
-- At a watermark: what waited becomes visible, and the totals move by the difference.
with waited as (
  delete from pending_cell where service = $1 returning *
), changed as (
  insert into cell as told select kind, service, key, month, fiscal_year, known, measures, generation, number
  from waited order by kind, service, key
  on conflict (kind, service, key) do update set
    measures = excluded.measures, generation = excluded.generation, number = excluded.number
  where (excluded.generation, excluded.number) > (told.generation, told.number)
  returning told.kind, told.month, told.fiscal_year, told.known, old.measures as was, new.measures as now
)
insert into total as summed
select kind, part, month, fiscal_year, array[
  sum(coalesce(now[1], 0) - coalesce(was[1], 0)), sum(coalesce(now[2], 0) - coalesce(was[2], 0)),
  sum(coalesce(now[3], 0) - coalesce(was[3], 0)), sum(coalesce(now[4], 0) - coalesce(was[4], 0)),
  sum(coalesce(now[5], 0) - coalesce(was[5], 0)), sum(coalesce(now[6], 0) - coalesce(was[6], 0))]
from changed cross join lateral (select '' as part union all select 'known' where known) as parts
where kind not in ('receipt', 'reason', 'contested')
group by kind, part, month, fiscal_year
on conflict (kind, part, month, fiscal_year) do update set measures = array[
  summed.measures[1] + excluded.measures[1], summed.measures[2] + excluded.measures[2], summed.measures[3] + excluded.measures[3],
  summed.measures[4] + excluded.measures[4], summed.measures[5] + excluded.measures[5], summed.measures[6] + excluded.measures[6]]

-- name: record_watermark
insert into watermark(service, generation, number, newest, positions) values ($1, $2, $3, $4, $5)
on conflict (service) do update set
  generation = excluded.generation, number = excluded.number, newest = excluded.newest, positions = excluded.positions, told_at = now()
where (excluded.generation, excluded.number) >= (watermark.generation, watermark.number)

-- name: judge_observations
-- Two letters a staged row (see `judged`); an observation cannot be cancelled.
select string_agg(judged(stage.version, known.version) || '-', '' order by no)
from stage_observation as stage left join observation as known using (indicator, period, destination, opening, publisher)

-- name: merge_observations
insert into observation as known
select indicator, period, destination, opening, publisher, version, value, unit, stated_by, numerator, denominator
from stage_observation order by indicator, period, destination, opening, publisher
on conflict (indicator, period, destination, opening, publisher) do update set
  version = excluded.version, value = excluded.value, unit = excluded.unit, stated_by = excluded.stated_by,
  numerator = excluded.numerator, denominator = excluded.denominator
where excluded.version > known.version

-- name: judge_targets
select string_agg(judged(stage.version, known.version) || '-', '' order by no)
from stage_target as stage left join target as known using (indicator, name, publisher)

-- name: merge_targets
insert into target as known
select indicator, name, publisher, version, set_on, value, due, details
from stage_target order by indicator, name, publisher
on conflict (indicator, name, publisher) do update set
  version = excluded.version, set_on = excluded.set_on, value = excluded.value, due = excluded.due, details = excluded.details
where excluded.version > known.version

-- name: record_rejected
-- Of a topic that was made anew the newer record stands under its place.
insert into rejected(publisher, topic, partition, "offset", stream, reason, path, expected, seen, known_ms)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
on conflict (topic, partition, "offset") do update set
  id = default, publisher = excluded.publisher, stream = excluded.stream, reason = excluded.reason, path = excluded.path,
  expected = excluded.expected, seen = excluded.seen, known_ms = excluded.known_ms
where excluded.known_ms > rejected.known_ms

-- name: list_totals
select kind, part, month, fiscal_year, measures::text[] as measures from total

-- name: list_observations
-- Of publishers who state the same observation the first by rank and name leads; who is not counted is left out. Of indicators that
-- are not ours ($1) the first $2 by name: whoever invents names must not slow down everybody's figures.
select distinct on (indicator, period, destination, opening)
  indicator, period, nullif(destination, '') as destination, opening, value, unit, stated_by, numerator, denominator, rank, name, version
from observation join publisher using (publisher)
where counted and (indicator = any($1::text[]) or indicator in (
  select distinct other.indicator from observation as other join publisher as who using (publisher)
  where who.counted and other.indicator <> all($1::text[]) order by other.indicator limit $2))
order by indicator, period, destination, opening, rank, publisher.name

-- name: list_targets
select distinct on (indicator, target.name) indicator, target.name, set_on, value, due, version
from target join publisher using (publisher) where counted
order by indicator, target.name, rank, publisher.name

-- name: list_newest
select service, fact.key as fact, fact.value::bigint as time_ns from watermark, jsonb_each_text(newest) as fact

-- name: list_figures
select indicator, seq, figure from figure

-- name: advance
-- A new revision, and as many numbers of changes as are needed.
update head set seq = seq + $1, revision = revision + 1, today = greatest(today, $2) returning instance, seq, revision, today

-- name: publish
insert into figure as told select * from unnest($1::text[], $2::bigint[], $3::text[])
on conflict (indicator) do update set seq = excluded.seq, figure = excluded.figure

-- name: record_changes
insert into change(indicator, seq, figure) select * from unnest($1::text[], $2::bigint[], $3::text[])

-- name: forget_changes
delete from change where seq <= $1

-- name: cube
-- Cells of one kind added up: by the code in one place of their keys ($3), by time ($4), or as one sum; only those with a code in
-- the kind's part of its own ($5), with these codes in these places ($6, $7), of these months ($8, $9) and this fiscal year ($10).
select case when $3::int is not null then key[$3] end as code,
  case when $4::boolean then month end as month, case when $4 then fiscal_year end as fiscal_year,
  array[coalesce(sum(measures[1]), 0), coalesce(sum(measures[2]), 0), coalesce(sum(measures[3]), 0),
        coalesce(sum(measures[4]), 0), coalesce(sum(measures[5]), 0), coalesce(sum(measures[6]), 0)]::text[] as measures
from cell
where kind = $1 and service = $2 and (known or not $5::boolean)
  and not exists (select from unnest($6::int[], $7::text[]) as wanted(place, code) where key[wanted.place] is distinct from wanted.code)
  and ($8::int is null or month >= $8) and ($9::int is null or month <= $9) and ($10::int is null or fiscal_year = $10)
group by 1, 2, 3

-- name: day
-- The day for which figures were worked out last.
select today from head

-- name: list_wrong_totals
-- Totals that are not the sum of their cells.
with sides as (
  select kind, part, month, fiscal_year, place, 0 as told, sum(measure) as counted
  from cell cross join lateral (select '' as part union all select 'known' where known) as parts
  cross join lateral unnest(measures) with ordinality as measured(measure, place)
  where kind not in ('receipt', 'reason', 'contested') group by kind, part, month, fiscal_year, place
  union all
  select kind, part, month, fiscal_year, place, measure, 0
  from total cross join lateral unnest(measures) with ordinality as measured(measure, place)
), summed as (
  select kind, part, month, fiscal_year, place, sum(told) as told, sum(counted) as counted
  from sides group by kind, part, month, fiscal_year, place)
select array[kind, part, lpad((month / 12)::text, 4, '0') || '-' || lpad((month % 12 + 1)::text, 2, '0'), fiscal_year::text] as key,
  array_agg(told order by place)::text[] as told, array_agg(counted order by place)::text[] as counted
from summed group by kind, part, month, fiscal_year having bool_or(told <> counted) order by kind, part, month, fiscal_year
