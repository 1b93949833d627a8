-- name: temporary_tables
create temp table stage_link(no int, link_id text storage plain collate "C", publisher int, version bytea storage plain, a uuid, b uuid,
  cancelled bytea storage plain) on commit delete rows;
create temp table news_link(like stage_link including storage) on commit delete rows;
create temp table moved(msme uuid, old_unit uuid, new_unit uuid) on commit delete rows

-- name: judge_links
-- Two letters a staged row; rows that bring something new go on to news_link.
with judged as materialized (
  select stage.*, judged(stage.version, known.version) as fact, judged(stage.cancelled, known.cancelled) as cancellation,
    known.version as known_version, known.cancelled as known_cancelled
  from stage_link as stage left join link as known using (link_id, publisher)
), kept as (
  insert into news_link select no, link_id, publisher, version, a, b, cancelled from judged
  where version > coalesce(known_version, '') or cancelled > coalesce(known_cancelled, ''))
select string_agg(fact || cancellation, '' order by no) from judged

-- name: record_links
-- Merge; all ends of these links come back, old and new, of every publisher who states them.
with recorded as (
  insert into link as known select link_id, publisher, a, b, version, cancelled from news_link order by link_id, publisher
  on conflict (link_id, publisher) do update set
    a = case when excluded.version > known.version then excluded.a else known.a end,
    b = case when excluded.version > known.version then excluded.b else known.b end,
    version = greatest(known.version, excluded.version), cancelled = greatest(known.cancelled, excluded.cancelled)
  returning old.a as old_a, old.b as old_b, new.a, new.b)
select coalesce(array_agg(distinct msme), '{}') from (
  select unnest(array[old_a, old_b, a, b]) as msme from recorded
  union select unnest(array[a, b]) from link where link_id in (select link_id from news_link)) as ends
where msme is not null and msme <> '00000000-0000-0000-0000-000000000000'

-- name: list_members
-- These MSMEs where they are linked, and everybody in their groups.
select msme, unit from member where unit in (select unit from member where msme = any($1::uuid[]))

-- name: list_standing
-- Standing links that touch these MSMEs. Of publishers who state one link the leading one decides, so all of them are looked at;
-- where it names others than the one that was found, the link does not touch them.
select a, b from (
  select distinct on (link_id) a, b
  from link join publisher using (publisher)
  where link_id in (select link_id from link where a = any($1::uuid[]) or b = any($1::uuid[]))
    and version > cancelled and links_counted
  order by link_id, rank, name) as link_that_leads
where a = any($1::uuid[]) or b = any($1::uuid[])

-- name: forget_members
delete from member where msme = any($1::uuid[])

-- name: record_members
-- Those that are there already are left out first: a check at an older snapshot would meet rows here that it cannot see.
insert into member select * from unnest($1::uuid[], $2::uuid[]) as wanted(msme, unit)
where not exists (select from member where (member.msme, member.unit) = (wanted.msme, wanted.unit))
on conflict (msme) do update set unit = excluded.unit where member.unit <> excluded.unit

-- name: record_moved
-- Not by COPY, as all under the lock: whoever stops in the middle of one is not ended by any timeout.
insert into moved select * from unnest($1::uuid[], $2::uuid[], $3::uuid[])

-- name: list_ends
select coalesce(array_agg(distinct msme), '{}') from (select a as msme from link union select b from link union select msme from member) as ends
where msme <> '00000000-0000-0000-0000-000000000000'

-- name: record_pseudonyms
insert into pseudonym select * from unnest($1::uuid[], $2::text[]) on conflict do nothing

-- name: count_contested
insert into counted_contested select * from contested_links(array(select link_id from link))

-- name: before_contested
insert into before_contested select * from contested_links(array(select link_id from news_link))

-- name: tell_contested
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select fact, key, publishers, leads, -1 as contested from before_contested
  union all select *, 1 from contested_links(array(select link_id from news_link))) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number

-- name: forget_contested
delete from before_contested
