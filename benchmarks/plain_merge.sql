-- The yardstick: what PostgreSQL alone does at its best with the same rows, COPY and one sorted merge with a version guard.
-- NEVER CHANGE THIS FILE: every result since the first is a ratio to it. It knows no cells, no distinct MSMEs, no outcomes, no
-- positions, no offboarding and no merchants; its table has the columns and the key of `listing` and no other index.

-- name: table
create table plain_listing(
  unit uuid not null, msme uuid not null, platform smallint not null, publisher smallint not null,
  province smallint, role smallint, scale smallint, first_month smallint not null,
  merchant_id text collate "C" not null, version bytea not null) with (fillfactor = 80)

-- name: stage
create temp table plain_stage(
  unit uuid, msme uuid, platform smallint, publisher smallint, province smallint, role smallint, scale smallint, first_month smallint,
  merchant_id text collate "C", version bytea) on commit delete rows

-- name: merge
insert into plain_listing as known
select unit, msme, platform, publisher, province, role, scale, first_month, merchant_id, version
from plain_stage order by unit, msme, platform, merchant_id, publisher
on conflict (unit, msme, platform, merchant_id, publisher) do update set
  province = excluded.province, role = excluded.role, scale = excluded.scale, first_month = excluded.first_month, version = excluded.version
where excluded.version > known.version
