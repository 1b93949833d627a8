-- What onboarding does, as it would be written for Flink: of each listing the first month and the newest profile, the same of each MSME,
-- both counted by our cells, and the totals. Statements are parted by blank lines; names in braces are put in by flink.py.
create temporary system function instant as 'Job$Instant';

create temporary system function jakarta_month as 'Job$JakartaMonth';

create table event(
  msme_id string, platform string, merchant_id string, province string, role string, scale string,
  headers map<string, bytes> metadata virtual
) with (
  'connector' = 'kafka', 'topic' = '{topics}', 'properties.bootstrap.servers' = '{kafka}',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json'
);

-- One aggregate keeps less state than a row number for the newest and a join with the first: the largest text begins with the time.
create view said as
select msme_id, platform, merchant_id, jakarta_month(said_at) as said_month,
  concat(cast(said_at as string), '|', province, '|', role, '|', scale, '|', platform) as profile
from (select *, instant(headers['ce_time']) as said_at from event);

create view newest_listing as
select msme_id, platform, merchant_id, min(said_month) as first_month, max(profile) as profile
from said group by msme_id, platform, merchant_id;

create view newest_msme as
select msme_id, min(said_month) as first_month, max(profile) as profile
from said group by msme_id;

create view cells as
select first_month, split_index(profile, '|', 1) as province, split_index(profile, '|', 2) as role, split_index(profile, '|', 3) as scale,
  split_index(profile, '|', 4) as platform, sum(listings) as listings, sum(msmes) as msmes
from (
  select first_month, profile, 1 as listings, 0 as msmes from newest_listing
  union all select first_month, profile, 0, 1 from newest_msme
) group by first_month, split_index(profile, '|', 1), split_index(profile, '|', 2), split_index(profile, '|', 3), split_index(profile, '|', 4);

create table listing(
  msme_id string, platform string, merchant_id string, first_month int, province string, role string, scale string, version string,
  primary key (msme_id, platform, merchant_id) not enforced
) with ('table-name' = 'listing', {postgres});

create table cell(
  first_month int, province string, role string, scale string, platform string, listings int, msmes int,
  primary key (first_month, province, role, scale, platform) not enforced
) with ('table-name' = 'cell', {postgres});

create table total(
  id int, listings bigint, msmes bigint,
  primary key (id) not enforced
) with ('table-name' = 'total', {postgres});

execute statement set begin
insert into listing
select msme_id, platform, merchant_id, first_month,
  split_index(profile, '|', 1), split_index(profile, '|', 2), split_index(profile, '|', 3), split_index(profile, '|', 0)
from newest_listing;
insert into cell select first_month, province, role, scale, platform, listings, msmes from cells;
insert into total select 1, sum(cast(listings as bigint)), sum(cast(msmes as bigint)) from cells;
end;
