-- name: lock
-- One merge at a time in a service's database. A statement of its own: inside another its snapshot would be older than its wait.
select pg_advisory_xact_lock(1)

-- name: next_number
update epoch set number = number + 1 returning number, generation

-- name: record_newest
insert into newest select * from unnest($1::text[], $2::bigint[])
on conflict (fact) do update set time_ns = excluded.time_ns where excluded.time_ns > newest.time_ns

-- name: record_outcomes
-- What became of the records of a batch, by publisher, stream and hour; and its sums, which are told as cells.
with heard as materialized (
  select * from unnest($1::text[], $2::text[], $3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
    as heard(publisher, stream, hour, applied, repeated, superseded, conflicted, quarantined)
), hours as (
  insert into outcome as known select * from heard order by publisher, stream, hour
  on conflict (publisher, stream, hour) do update set
    applied = known.applied + excluded.applied, repeated = known.repeated + excluded.repeated,
    superseded = known.superseded + excluded.superseded, conflicted = known.conflicted + excluded.conflicted,
    quarantined = known.quarantined + excluded.quarantined)
insert into receipt_cell as told
  select publisher, stream, sum(applied), sum(repeated), sum(superseded), sum(conflicted), sum(quarantined), $9
  from heard group by publisher, stream order by publisher, stream
on conflict (publisher, stream) do update set
  applied = told.applied + excluded.applied, repeated = told.repeated + excluded.repeated,
  superseded = told.superseded + excluded.superseded, conflicted = told.conflicted + excluded.conflicted,
  quarantined = told.quarantined + excluded.quarantined, number = excluded.number

-- name: record_conflict
insert into conflict(fact, publisher, stream, topic, partition, "offset", digest) values ($1, $2, $3, $4, $5, $6, $7)
on conflict do nothing

-- name: record_quarantine
insert into quarantine(publisher, stream, topic, partition, "offset", known_ms, reason, path, expected, seen, key, value, headers, announce)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: record_reasons
insert into reason_cell as told
  select publisher, stream, reason, count(*), $4 from unnest($1::text[], $2::text[], $3::text[]) as refused(publisher, stream, reason)
  group by publisher, stream, reason order by publisher, stream, reason
on conflict (publisher, stream, reason) do update set records = told.records + excluded.records, number = excluded.number

-- name: list_unannounced
-- Bytes travel up to the size that an event may have: a larger record stays here, untouched, and is told without them.
select id, publisher, stream, topic, partition, "offset", known_ms, reason, path, expected, seen,
  case when length(value) <= 65536 then value end as value, case when length(headers::text) <= 65536 then headers end as headers
from quarantine where announce and published_at is null and publisher <> all($1::text[]) order by id limit 200

-- name: mark_announced
-- By their place in the log, in the table as it is now: it may have been rebuilt meanwhile.
update quarantine set published_at = now() from unnest($1::text[], $2::int[], $3::bigint[]) as told(topic, partition, "offset")
where (quarantine.topic, quarantine.partition, quarantine."offset") = (told.topic, told.partition, told."offset")

-- name: admit_publisher
insert into publisher(publisher, name, rank, counted, links_counted)
select code, name, $2, $3, $4 from code where name = $1
on conflict (publisher) do nothing

-- name: list_publishers
select name, rank, counted, links_counted from publisher

-- name: update_publisher
update publisher set rank = $2, counted = $3, links_counted = $4 where name = $1

-- name: epoch
select generation, number from epoch

-- name: begin_generation
-- Later than what was told, whatever that was.
update epoch set generation = greatest(generation + 1, $1::bigint + 1, extract(epoch from now())::bigint)

-- name: list_newest
select fact, time_ns from newest

-- name: list_positions
select topic, partition, next_offset from position
