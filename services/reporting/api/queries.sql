-- name: head
select instance, seq, revision, today from head

-- name: list_figures
select indicator, seq, figure from figure

-- name: get_figure
select figure from figure where indicator = $1

-- name: list_changes
select seq, indicator, figure from change where seq > $1 order by seq limit $2

-- name: oldest_change
select min(seq) from change

-- name: list_newer_figures
select seq, indicator, figure from figure where seq > $1 order by seq

-- name: list_receipts
-- What services heard: domain services tell it as cells, reporting counts observations itself. Identity is heard by three services and
-- told by one.
select key[2] as stream, measures::text[]::bigint[] as counts from cell
where kind = 'receipt' and key[1] = $1 and (key[2] <> 'identity' or service = 'onboarding')
union all
select stream, array[applied, repeated, superseded, conflicted, quarantined] from receipt_cell where publisher = $1
order by stream

-- name: list_reasons
select key[2] as stream, key[3] as reason, measures[1]::text::bigint as records from cell
where kind = 'reason' and key[1] = $1 and (key[2] <> 'identity' or service = 'onboarding')
union all
select stream, reason, records from reason_cell where publisher = $1
order by stream, reason

-- name: list_publishers
select publisher from (
  select key[1] as publisher from cell where kind = 'receipt' union select publisher from receipt_cell union select name from publisher
  union select publisher from rejected) as heard
order by publisher limit 1000

-- name: is_publisher
select exists (select from cell where kind = 'receipt' and key[1] = $1) or exists (select from receipt_cell where publisher = $1)
  or exists (select from publisher where name = $1) or exists (select from rejected where publisher = $1)

-- name: list_rejected
select id, stream, topic, partition, "offset", reason, path, expected, seen, known_ms from rejected
where publisher = $1 and id > $2 order by id limit $3

-- name: list_contested
-- Facts stated by two publishers, and merchants standing under two MSMEs: as the services tell them, and our own. In the order of the
-- four texts together, after ($1, $2, $3, $4).
with contested as (
  select key[1] as fact, key[2] as key, key[3] as publishers, coalesce(key[4], '') as leads from cell
  where kind = 'contested' and measures[1] > 0
  union all
  select fact, key, publishers, leads from contested_cell where contested > 0
  union all
  select 'observation', json_build_object('indicator', indicator, 'period', period, 'destination', nullif(destination, ''), 'opening', opening)::text,
    json_agg(name order by rank, name)::text, (array_agg(name order by rank, name))[1]
  from observation join publisher using (publisher) where counted group by indicator, period, destination, opening having count(*) > 1
  union all
  select 'target', json_build_object('indicator', indicator, 'version', target.name)::text,
    json_agg(publisher.name order by rank, publisher.name)::text, (array_agg(publisher.name order by rank, publisher.name))[1]
  from target join publisher using (publisher) where counted group by indicator, target.name having count(*) > 1)
select fact, key, publishers, leads from contested
where (fact collate "C", key collate "C", publishers collate "C", leads collate "C") > ($1, $2, $3, $4)
order by fact collate "C", key collate "C", publishers collate "C", leads collate "C" limit $5
