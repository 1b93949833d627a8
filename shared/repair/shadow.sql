-- name: forget
drop schema if exists shadow cascade;
drop schema if exists retired cascade

-- name: make
create schema shadow

-- name: share_names
-- One dictionary for both: names that live learns meanwhile are not lost, and numbers mean the same.
drop table shadow.code cascade;
alter table shadow.publisher add foreign key (publisher) references public.code

-- name: list_tables
select string_agg(format('%I.%I', schemaname, tablename), ', ') from pg_tables where schemaname = 'shadow'

-- name: look_at
select set_config('search_path', $1, true)

-- name: list_positions
select topic, partition, next_offset from public.position

-- name: is_older
select exists (
  (select folder, number, checksum from public.migration except select folder, number, checksum from shadow.migration)
  union all (select folder, number, checksum from shadow.migration except select folder, number, checksum from public.migration))

-- name: hold_beginnings
-- No publisher is admitted to the table that goes, and no partition begun in it: whoever waits here comes into the one that comes.
lock table public.publisher, public.position in share mode

-- name: adopt_beginnings
-- Partitions of which nothing was read yet, and which topics were read.
with begun as (insert into shadow.position select * from public.position on conflict do nothing)
insert into shadow.topic select * from public.topic on conflict do nothing

-- name: adopt_publishers
-- Who counts and who leads is as live has it; how many rows that changed.
with adopted as (
  insert into shadow.publisher as known select * from public.publisher
  on conflict (publisher) do update set rank = excluded.rank, counted = excluded.counted, links_counted = excluded.links_counted
  where (known.rank, known.counted, known.links_counted) <> (excluded.rank, excluded.counted, excluded.links_counted)
  returning 1)
select count(*) from adopted

-- name: keep_published
-- A refusal that its publisher was told is not told again.
update shadow.quarantine as fresh set published_at = known.published_at
from public.quarantine as known
where (fresh.topic, fresh.partition, fresh."offset") = (known.topic, known.partition, known."offset") and known.published_at is not null

-- name: next_number
update shadow.epoch set number = number + 1 returning number

-- name: next_generation
update shadow.epoch set generation = greatest(live.generation + 1, extract(epoch from now())::bigint)
from public.epoch as live returning shadow.epoch.generation

-- name: swap
alter table public.code set schema shadow;
alter schema public rename to retired;
alter schema shadow rename to public

-- name: forget_retired
drop schema if exists retired cascade
