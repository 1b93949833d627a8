-- What onboarding knows: listings and months of trading, and the numbers they make. Tried as a sketch before it was built; the
-- functions are the only definition of these numbers: for touched units before and after a batch, and for all units by verify.
-- Versions are bytes that sort as (time, recordedtime, id, class, inverted digest); '' = none yet. Months = year * 12 + month - 1;
-- 32767 = never. Provinces, roles, scales, platforms and publishers are numbers of the dictionary `code`.

create table listing(
  unit uuid not null,               -- the MSME: its group's smallest msme; msme itself where not linked
  msme uuid not null,               -- the first 16 bytes of the pseudonym's SHA-256
  platform smallint not null, publisher smallint not null,
  province smallint, role smallint, scale smallint,   -- what the newest profile says
  first_month smallint not null,    -- the first sighting
  off_month smallint not null,      -- the newest offboarding's month
  merchant_id text collate "C" not null,
  version bytea not null,           -- the newest profile's
  cancelled bytea not null,         -- the newest offboarding's
  primary key (unit, msme, platform, merchant_id, publisher)) with (fillfactor = 80);
create index listing_merchant on listing(merchant_id, platform);

create table trading(
  unit uuid not null, msme uuid not null,
  month integer not null,           -- as stated: any year up to 9999
  platform smallint not null, publisher smallint not null,
  province smallint not null, role smallint not null,
  merchant_id text collate "C" not null,
  orders bigint not null, value_idr bigint not null, local_value_idr bigint not null,
  version bytea not null,
  primary key (unit, month, msme, platform, merchant_id, publisher)) with (fillfactor = 80);

-- Who speaks for a platform: listings can only be stated twice where two do.
create table speaker(platform smallint, publisher smallint, primary key (platform, publisher));

create table listing_cell(          -- wide: one row carries all measures of one group of dimensions
  month smallint, province smallint, role smallint, scale smallint, platform smallint,
  listings bigint not null, onboarded bigint not null, on_platform bigint not null, number bigint not null,
  primary key (month, province, role, scale, platform));
create index on listing_cell(number);
create table trading_cell(
  month integer, province smallint, role smallint, platform smallint,
  value_idr numeric not null, local_value_idr numeric not null, reports bigint not null, number bigint not null,
  primary key (month, province, role, platform));
create index on trading_cell(number);
create table seller_cell(
  month integer, province smallint, role smallint,
  transacting bigint not null, consistent bigint not null, number bigint not null,
  primary key (month, province, role));
create index on seller_cell(number);

-- What these units' listings add to the cells, as net flows of months. A function, not a view: in a view a CTE that is used twice is
-- materialised and the restriction no longer reaches the table.
create function listing_cells(units uuid[]) returns table(unit uuid, month smallint, province smallint, role smallint, scale smallint,
  platform smallint, listings int, onboarded int, on_platform int) language sql stable as $f$
with fact as materialized (
  select listing.*, publisher.rank, publisher.name as publisher_name, version > cancelled as standing,
    count(*) over (partition by unit) = 1 as alone,
    case when version > cancelled then 32767 else off_month end::smallint as end_month
  from listing join publisher using (publisher) where version <> '' and counted and unit = any(units)
), stated as (   -- of publishers who state the same listing one leads; a fact adds the months that earlier ones leave uncovered
  select fact.*, code.name as platform_name, substring(version for length(version) - 17) as stamp,
    row_number() over lead = 1 as leads,
    first_value(province) over lead as l_province, first_value(role) over lead as l_role, first_value(scale) over lead as l_scale,
    greatest(first_month, max(end_month) over earlier) as l_from
  from fact join code on code.code = platform where not alone
  window lead as (partition by unit, msme, platform, merchant_id order by version > cancelled desc, rank, publisher_name),
      earlier as (partition by unit, msme, platform, merchant_id order by first_month, publisher
                  rows between unbounded preceding and 1 preceding)
), counted as (  -- the MSME is where its standing listing with the newest version is
  select *,
    first_value(province) over newest as u_province, first_value(role) over newest as u_role,
    first_value(scale) over newest as u_scale, first_value(platform) over newest as u_platform,
    greatest(first_month, max(end_month) over earlier) as u_from,
    greatest(first_month, max(end_month) over earlier_on_platform) as p_from
  from stated
  window newest as (partition by unit order by leads desc, standing desc, stamp desc, msme, platform_name, merchant_id, publisher_name),
        earlier as (partition by unit order by first_month rows between unbounded preceding and 1 preceding),
        earlier_on_platform as (partition by unit, platform order by first_month rows between unbounded preceding and 1 preceding)
), span as (
  select unit, first_month as from_month, end_month, province, role, scale, platform, 1 as listings, 1 as onboarded, 1 as on_platform
  from fact where alone          -- one fact, nothing to compare: nearly every MSME
  union all
  select unit, span.from_month, end_month, span.province, span.role, span.scale, span.platform, span.listings, span.onboarded, span.on_platform
  from counted cross join lateral (values
    (l_from, l_province, l_role, l_scale, platform,   1, 0, 0),
    (u_from, u_province, u_role, u_scale, u_platform, 0, 1, 0),
    (p_from, u_province, u_role, u_scale, platform,   0, 0, 1)) as span(from_month, province, role, scale, platform, listings, onboarded, on_platform))
select unit, from_month, province, role, scale, platform, listings, onboarded, on_platform from span where from_month < end_month
union all      -- the month in which it stops standing
select unit, end_month, province, role, scale, platform, -listings, -onboarded, -on_platform from span where from_month < end_month and end_month < 32767
$f$;

-- The months of trading of these units, one a listing and month: of publishers who state the same one leads.
create function traded(units uuid[]) returns table(unit uuid, month integer, msme uuid, platform smallint, merchant_id text,
  publisher_name text, province smallint, role smallint, orders bigint, value_idr bigint, local_value_idr bigint, version bytea)
language sql stable as $f$
select distinct on (unit, month, msme, platform, merchant_id) unit, month, msme, platform, merchant_id,
  name, province, role, orders, value_idr, local_value_idr, version
from trading join publisher using (publisher) where counted and unit = any(units)
order by unit, month, msme, platform, merchant_id, rank, name
$f$;

create function trading_cells(units uuid[]) returns table(unit uuid, month integer, province smallint, role smallint, platform smallint,
  value_idr bigint, local_value_idr bigint, reports int) language sql stable as $f$
select unit, month, province, role, platform, value_idr, local_value_idr, 1 from traded(units)
$f$;

-- Units that sold in a month, and in each of the three months that end with it: where the newest of those reports says they are.
create function seller_cells(units uuid[]) returns table(unit uuid, month integer, province smallint, role smallint,
  transacting int, consistent int) language sql stable as $f$
with aged as (
  select unit, month, province::int, role::int,
    row_number() over (partition by unit order by substring(version for length(version) - 17) desc,
                       msme, code.name, merchant_id, month, publisher_name)::int as age
  from traded(units) join code on code.code = platform where orders > 0
), sold as materialized (
  select distinct on (unit, month) unit, month, province, role, age from aged order by unit, month, age
), spanned as (
  select unit, month, count(*) over span as months, min(array[age, province, role]) over span as newest
  from sold window span as (partition by unit order by month range between 2 preceding and current row))
select unit, month, province::smallint, role::smallint, 1, 0 from sold
union all
select unit, month, newest[2]::smallint, newest[3]::smallint, 0, 1 from spanned where months = 3
$f$;

-- Listings that two publishers state, and merchants that stand under two MSMEs.
create function contested_listings(units uuid[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'listing', json_build_object('msme_id', coalesce(min(msme_id), msme::text), 'platform', min(code.name), 'merchant_id', merchant_id)::text,
  json_agg(publisher.name order by rank, publisher.name)::text, (array_agg(publisher.name order by rank, publisher.name))[1]
from listing join publisher using (publisher) join code on code.code = platform left join pseudonym using (msme)
where version > cancelled and counted and unit = any(units)
group by unit, msme, platform, merchant_id having count(*) > 1
$f$;
create function contested_trading(units uuid[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'trading', json_build_object('msme_id', coalesce(min(msme_id), msme::text), 'platform', min(code.name), 'merchant_id', merchant_id,
    'month', to_char(make_date(month / 12, month % 12 + 1, 1), 'YYYY-MM'))::text,
  json_agg(publisher.name order by rank, publisher.name)::text, (array_agg(publisher.name order by rank, publisher.name))[1]
from trading join publisher using (publisher) join code on code.code = platform left join pseudonym using (msme)
where counted and unit = any(units)
group by unit, msme, month, platform, merchant_id having count(*) > 1
$f$;
create function contested_merchants(merchants text[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
with crowded as materialized (   -- few: nearly every merchant has one row, and names are looked up for the others only
  select platform, merchant_id from listing where version > cancelled and merchant_id = any(merchants)
  group by platform, merchant_id having count(*) > 1)
select 'merchant', json_build_object('platform', min(code.name), 'merchant_id', merchant_id)::text,
  json_agg(distinct publisher.name order by publisher.name)::text, ''
from crowded join listing using (platform, merchant_id) join publisher using (publisher) join code on code.code = platform
where version > cancelled and counted
group by platform, merchant_id having count(distinct unit) > 1
$f$;
