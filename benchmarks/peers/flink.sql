-- What onboarding does, as Flink's users write it: the newest version of each listing, each MSME once where its newest one is,
-- MSMEs by cell, and their total. Statements are parted by blank lines; names in braces are put in by flink.py.
create temporary system function instant as 'Job$Instant';

create table event(
  msme_id string, platform string, merchant_id string, province string, role string, scale string,
  headers map<string, bytes> metadata virtual
) with (
  'connector' = 'kafka', 'topic' = '{topics}', 'properties.bootstrap.servers' = '{kafka}',
  'scan.startup.mode' = 'earliest-offset', 'format' = 'json'
);

create view said as
select msme_id, platform, merchant_id, province, role, scale, instant(headers['ce_time']) as said_at from event;

create view cells as
select province, role, scale, count(*) as msmes
from (select *, row_number() over (partition by msme_id order by said_at desc) as age from said)
where age = 1
group by province, role, scale;

create table listing(
  msme_id string, platform string, merchant_id string, province string, role string, scale string, said_at bigint,
  primary key (msme_id, platform, merchant_id) not enforced
) with ('table-name' = 'listing', {postgres});

create table cell(
  province string, role string, scale string, msmes bigint,
  primary key (province, role, scale) not enforced
) with ('table-name' = 'cell', {postgres});

create table total(
  id int, msmes bigint,
  primary key (id) not enforced
) with ('table-name' = 'total', {postgres});

execute statement set begin
insert into listing
select msme_id, platform, merchant_id, province, role, scale, said_at
from (select *, row_number() over (partition by msme_id, platform, merchant_id order by said_at desc) as age from said)
where age = 1;
insert into cell select province, role, scale, msmes from cells;
insert into total select 1, sum(msmes) from cells;
end;
