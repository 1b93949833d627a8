-- name: number
select number from epoch

-- name: list_writes
-- Rows of our tables that this session inserted, updated and deleted, by table; temporary tables are left out.
select relname, n_tup_ins + n_tup_upd + n_tup_del as rows from pg_stat_xact_user_tables where schemaname = current_schema()

-- name: list_unbalanced
-- Receipts that are not the sum of their hours, or whose quarantine and reasons are not what waits there.
with heard as (
  select publisher, stream, sum(applied) as applied, sum(repeated) as repeated, sum(superseded) as superseded,
    sum(conflicted) as conflicted, sum(quarantined) as quarantined
  from outcome group by publisher, stream
), waiting as (
  select publisher, stream, reason, count(*) as records from quarantine group by publisher, stream, reason
), balance as (
  select 'receipt_cell' as name, array[publisher, stream] as key,
    array[told.applied, told.repeated, told.superseded, told.conflicted, told.quarantined] as told,
    array[heard.applied, heard.repeated, heard.superseded, heard.conflicted, heard.quarantined]::bigint[] as counted
  from receipt_cell as told full join heard using (publisher, stream)
  union all
  select 'reason_cell', array[publisher, stream, reason], array[told.records], array[waiting.records]
  from reason_cell as told full join waiting using (publisher, stream, reason)
  union all
  select 'quarantine', array[publisher, stream], array[waiting.records], array[heard.quarantined]::bigint[]
  from (select publisher, stream, sum(records)::bigint as records from waiting group by publisher, stream) as waiting
  full join heard using (publisher, stream))
select name, key, told, counted from balance
where array_replace(told, null, 0) is distinct from array_replace(counted, null, 0) order by name, key

-- name: take_turn
-- One check at a time in a service's database: another replica may be at it.
select pg_try_advisory_lock($1)

-- name: wait_for_turn
select pg_advisory_xact_lock($1)

-- name: count_lost
-- Records that cannot be replayed: their bytes were not kept, as they hold a personal number or are too many.
select count(*) from quarantine
where headers is null and ($1::text is null or publisher = $1) and ($2::text is null or reason = $2)

-- name: list_waiting
select id, stream, reason, topic, partition, "offset", known_ms, key, value, headers from quarantine
where id > $1 and headers is not null and ($2::text is null or publisher = $2) and ($3::text is null or reason = $3)
order by id limit $4

-- name: release
with released as (
  delete from quarantine using unnest($1::text[], $2::int[], $3::bigint[]) as taken(topic, partition, "offset")
  where (quarantine.topic, quarantine.partition, quarantine."offset") = (taken.topic, taken.partition, taken."offset") returning 1)
select count(*) from released

-- name: forget_reasons
update reason_cell as told set records = told.records - taken.records, number = $4
from (select publisher, stream, reason, count(*) as records from unnest($1::text[], $2::text[], $3::text[]) as taken(publisher, stream, reason)
      group by publisher, stream, reason) as taken
where (told.publisher, told.stream, told.reason) = (taken.publisher, taken.stream, taken.reason)

-- name: count_conflicts
select count(*) from conflict where $1::text is null or publisher = $1

-- name: list_conflicts
-- Where they are in the log; a negative place is one in a log that is gone.
select topic, partition, "offset" from conflict where "offset" >= 0 and ($1::text is null or publisher = $1)
order by "offset" desc, topic, partition limit $2

-- name: list_read
select topic, partition, next_offset from position where topic = any($1)

-- name: forget_positions
with heard as (delete from heard where topic = $1 and partition = any($2::int[]))
delete from position where topic = $1 and partition = any($2::int[])

-- name: forget_conflicts
delete from conflict where topic = $1 and partition = $2 and "offset" >= $3

-- name: set_quarantine_apart
update quarantine set "offset" = -id where topic = $1 and partition = $2 and "offset" >= $3
