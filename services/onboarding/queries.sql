-- name: temporary_tables
-- Of each connection; emptied at commit. stage_*: as folded; news_*: what brings something new, with its unit and cause;
-- touched_*: the units whose numbers may change; before_*: their numbers as they were.
-- `storage plain`: no second table for long values beside each, which a commit would have to empty too (6 ms a batch for all of them);
-- the longest event fits a page. Those who contest a fact may be many: `before_contested` has one.
create temp table stage_listing(no int, msme uuid, platform smallint, merchant_id text storage plain collate "C", publisher smallint,
  version bytea storage plain, province smallint, role smallint, scale smallint, cancelled bytea storage plain, off_month smallint,
  first_month smallint) on commit delete rows;
create temp table news_listing(unit uuid, cause text storage plain, like stage_listing including storage) on commit delete rows;
create temp table touched_listing(unit uuid, cause text storage plain) on commit delete rows;
create temp table before_listing(unit uuid, month smallint, province smallint, role smallint, scale smallint, platform smallint,
  listings int, onboarded int, on_platform int) on commit delete rows;
create temp table stage_trading(no int, msme uuid, platform smallint, merchant_id text storage plain collate "C", month integer,
  publisher smallint, version bytea storage plain, province smallint, role smallint, orders bigint, value_idr bigint,
  local_value_idr bigint, cancelled bytea storage plain) on commit delete rows;
create temp table news_trading(unit uuid, cause text storage plain, like stage_trading including storage) on commit delete rows;
create temp table touched_trading(unit uuid, cause text storage plain) on commit delete rows;
create temp table before_trading(unit uuid, month integer, province smallint, role smallint, platform smallint, value_idr bigint,
  local_value_idr bigint, reports int) on commit delete rows;
create temp table before_seller(unit uuid, month integer, province smallint, role smallint, transacting int, consistent int)
  on commit delete rows;
create temp table before_contested(fact text, key text, publishers text, leads text) on commit delete rows;
create temp table touched_merchant(merchant_id text storage plain collate "C") on commit delete rows

-- name: counting_tables
-- Everything anew, for one transaction.
create temp table counted_listing(month smallint, province smallint, role smallint, scale smallint, platform smallint,
  listings bigint, onboarded bigint, on_platform bigint) on commit drop;
create temp table counted_trading(month integer, province smallint, role smallint, platform smallint,
  value_idr numeric, local_value_idr numeric, reports bigint) on commit drop;
create temp table counted_seller(month integer, province smallint, role smallint, transacting bigint, consistent bigint) on commit drop;
create temp table counted_contested(fact text, key text, publishers text, leads text) on commit drop

-- name: judge_listings
-- Two letters a staged row (see `judged`); an older profile that is an earlier sighting is news too. `limit 1` keeps it one look-up a
-- row by the key, whatever size the table was when the plan was made.
with judged as materialized (
  select stage.*, coalesce(member.unit, stage.msme) as unit,
    known.version as known_version, known.cancelled as known_cancelled, known.first_month as known_first
  from stage_listing as stage left join member on member.msme = stage.msme
  left join lateral (
    select version, cancelled, first_month from listing
    where listing.unit = coalesce(member.unit, stage.msme) and listing.msme = stage.msme and listing.platform = stage.platform
      and listing.merchant_id = stage.merchant_id and listing.publisher = stage.publisher limit 1) as known on true
), kept as (
  insert into news_listing
  select unit, case when cancelled > coalesce(known_cancelled, '') then 'cancellation'
                    when coalesce(known_version, '') = '' or first_month < known_first then 'late' else 'reclassification' end,
    no, msme, platform, merchant_id, publisher, version, province, role, scale, cancelled, off_month, first_month
  from judged
  where version > coalesce(known_version, '') or cancelled > coalesce(known_cancelled, '') or first_month < coalesce(known_first, 32767))
select string_agg(
  case when first_month < known_first and version <= known_version and version <> '' then 'a' else judged(version, known_version) end
    || judged(cancelled, known_cancelled), '' order by no)
from judged

-- name: touch_listings
insert into touched_listing select unit, min(cause) from news_listing group by unit

-- name: touch_moved_listings
insert into touched_listing select unit, 'identity' from (select old_unit as unit from moved union select new_unit from moved) as moving

-- name: before_listings
insert into before_listing select * from listing_cells(array(select unit from touched_listing))

-- name: merge_listings
insert into listing as known(unit, msme, platform, publisher, province, role, scale, first_month, off_month, merchant_id, version, cancelled)
select unit, msme, platform, publisher, province, role, scale, first_month, off_month, merchant_id, version, cancelled
from news_listing order by unit, msme, platform, merchant_id, publisher
on conflict (unit, msme, platform, merchant_id, publisher) do update set
  first_month = least(known.first_month, excluded.first_month),
  province    = case when excluded.version > known.version then excluded.province else known.province end,
  role        = case when excluded.version > known.version then excluded.role else known.role end,
  scale       = case when excluded.version > known.version then excluded.scale else known.scale end,
  version     = greatest(known.version, excluded.version),
  off_month   = case when excluded.cancelled > known.cancelled then excluded.off_month else known.off_month end,
  cancelled   = greatest(known.cancelled, excluded.cancelled)

-- name: move_listings
update listing set unit = new_unit from moved
where listing.unit = any(array(select old_unit from moved)) and listing.unit = old_unit and listing.msme = moved.msme

-- name: tell_listings
-- What changed, after less before, is added to the cells ($1: the number of this batch) and, for months before $2, to their causes.
with delta as materialized (
  select month, province, role, scale, platform, cause,
    sum(listings) as listings, sum(onboarded) as onboarded, sum(on_platform) as on_platform
  from (select unit, month, province, role, scale, platform, -listings as listings, -onboarded as onboarded, -on_platform as on_platform
        from before_listing
        union all select * from listing_cells(array(select unit from touched_listing))) as change join touched_listing using (unit)
  group by month, province, role, scale, platform, cause having (sum(listings), sum(onboarded), sum(on_platform)) <> (0, 0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('listings', listings), ('onboarded', onboarded)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into listing_cell as told
select month, province, role, scale, platform, sum(listings), sum(onboarded), sum(on_platform), $1
from delta group by month, province, role, scale, platform having (sum(listings), sum(onboarded), sum(on_platform)) <> (0, 0, 0)
order by month, province, role, scale, platform
on conflict (month, province, role, scale, platform) do update set listings = told.listings + excluded.listings,
  onboarded = told.onboarded + excluded.onboarded, on_platform = told.on_platform + excluded.on_platform, number = excluded.number

-- name: forget_listings
-- Between the moves of links and the batch's own listings.
with touched as (delete from touched_listing) delete from before_listing

-- name: judge_trading
with judged as materialized (
  select stage.*, coalesce(member.unit, stage.msme) as unit, known.version as known_version
  from stage_trading as stage left join member on member.msme = stage.msme
  left join lateral (
    select version from trading
    where trading.unit = coalesce(member.unit, stage.msme) and trading.month = stage.month and trading.msme = stage.msme
      and trading.platform = stage.platform and trading.merchant_id = stage.merchant_id and trading.publisher = stage.publisher
    limit 1) as known on true
), kept as (
  insert into news_trading
  select unit, case when known_version is null then 'late' else 'correction' end, no, msme, platform, merchant_id, month, publisher,
    version, province, role, orders, value_idr, local_value_idr, cancelled
  from judged where version > coalesce(known_version, ''))
select string_agg(judged(version, known_version) || '-', '' order by no) from judged

-- name: touch_trading
insert into touched_trading select unit, min(cause) from news_trading group by unit

-- name: touch_moved_trading
insert into touched_trading select unit, 'identity' from (select old_unit as unit from moved union select new_unit from moved) as moving

-- name: before_trading
insert into before_trading select * from trading_cells(array(select unit from touched_trading))

-- name: before_sellers
insert into before_seller select * from seller_cells(array(select unit from touched_trading))

-- name: merge_trading
insert into trading as known(unit, msme, month, platform, publisher, province, role, merchant_id, orders, value_idr, local_value_idr, version)
select unit, msme, month, platform, publisher, province, role, merchant_id, orders, value_idr, local_value_idr, version
from news_trading order by unit, month, msme, platform, merchant_id, publisher
on conflict (unit, month, msme, platform, merchant_id, publisher) do update set
  province = excluded.province, role = excluded.role, orders = excluded.orders, value_idr = excluded.value_idr,
  local_value_idr = excluded.local_value_idr, version = excluded.version
where excluded.version > known.version

-- name: move_trading
update trading set unit = new_unit from moved
where trading.unit = any(array(select old_unit from moved)) and trading.unit = old_unit and trading.msme = moved.msme

-- name: tell_trading
with delta as materialized (
  select month, province, role, platform, cause,
    sum(value_idr) as value_idr, sum(local_value_idr) as local_value_idr, sum(reports) as reports
  from (select unit, month, province, role, platform, -value_idr as value_idr, -local_value_idr as local_value_idr, -reports as reports
        from before_trading
        union all select * from trading_cells(array(select unit from touched_trading))) as change join touched_trading using (unit)
  group by month, province, role, platform, cause having (sum(value_idr), sum(local_value_idr), sum(reports)) <> (0, 0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('value_idr', value_idr), ('local_value_idr', local_value_idr)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into trading_cell as told
select month, province, role, platform, sum(value_idr), sum(local_value_idr), sum(reports), $1
from delta group by month, province, role, platform having (sum(value_idr), sum(local_value_idr), sum(reports)) <> (0, 0, 0)
order by month, province, role, platform
on conflict (month, province, role, platform) do update set value_idr = told.value_idr + excluded.value_idr,
  local_value_idr = told.local_value_idr + excluded.local_value_idr, reports = told.reports + excluded.reports, number = excluded.number

-- name: tell_sellers
with delta as materialized (
  select month, province, role, cause, sum(transacting) as transacting, sum(consistent) as consistent
  from (select unit, month, province, role, -transacting as transacting, -consistent as consistent from before_seller
        union all select * from seller_cells(array(select unit from touched_trading))) as change join touched_trading using (unit)
  group by month, province, role, cause having (sum(transacting), sum(consistent)) <> (0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('transacting', transacting), ('consistent', consistent)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into seller_cell as told
select month, province, role, sum(transacting), sum(consistent), $1
from delta group by month, province, role having (sum(transacting), sum(consistent)) <> (0, 0)
order by month, province, role
on conflict (month, province, role) do update set transacting = told.transacting + excluded.transacting,
  consistent = told.consistent + excluded.consistent, number = excluded.number

-- name: forget_trading
with touched as (delete from touched_trading), sellers as (delete from before_seller) delete from before_trading

-- name: record_speakers
insert into speaker select platform, publisher from news_listing union select platform, publisher from news_trading on conflict do nothing

-- name: is_crowded
-- Whether any platform of this batch has two who speak for it: only then can two state one listing.
select exists (select from (select distinct platform from news_listing union select distinct platform from news_trading) as heard
  where (select count(*) from (select publisher from speaker where speaker.platform = heard.platform limit 2) as two) > 1)

-- name: touch_merchants
-- Merchants with news or on the move: they may stand under two MSMEs.
insert into touched_merchant
select distinct merchant_id from news_listing
union select merchant_id from listing join moved on listing.unit = old_unit and listing.msme = moved.msme
where listing.unit = any(array(select old_unit from moved))

-- name: before_contested_merchants
insert into before_contested select * from contested_merchants(array(select merchant_id from touched_merchant))
where exists (select from contested_cell where fact = 'merchant')

-- name: before_contested_listings
insert into before_contested select * from contested_listings(array(select unit from touched_listing))
union all select * from contested_trading(array(select unit from touched_trading))

-- name: list_doubled
-- MSMEs whose listings or reports two publishers state.
select msme from listing where unit = any(array(select unit from touched_listing))
group by unit, msme, platform, merchant_id having count(*) > 1
union
select msme from trading where unit = any(array(select unit from touched_trading))
group by unit, month, msme, platform, merchant_id having count(*) > 1

-- name: tell_contested
-- $1: the number of this batch; $2: whether listings and trading are looked at too.
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select fact, key, publishers, leads, -1 as contested from before_contested
  union all select *, 1 from contested_merchants(array(select merchant_id from touched_merchant))
  union all select *, 1 from contested_listings(array(select unit from touched_listing where $2))
  union all select *, 1 from contested_trading(array(select unit from touched_trading where $2))) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number

-- name: forget_contested
with merchants as (delete from touched_merchant), moving as (delete from moved) delete from before_contested

-- name: count_listings
-- Everything anew from the facts, by ranges of unit from $1 to $2 (rebuild, verify, a changed registry).
insert into counted_listing
select month, province, role, scale, platform, sum(listings), sum(onboarded), sum(on_platform)
from listing_cells(array(select distinct unit from listing where unit between $1 and $2))
group by month, province, role, scale, platform

-- name: count_trading
insert into counted_trading
select month, province, role, platform, sum(value_idr), sum(local_value_idr), sum(reports)
from trading_cells(array(select distinct unit from trading where unit between $1 and $2))
group by month, province, role, platform

-- name: count_sellers
insert into counted_seller
select month, province, role, sum(transacting), sum(consistent)
from seller_cells(array(select distinct unit from trading where unit between $1 and $2))
group by month, province, role

-- name: count_contested
insert into counted_contested
select * from contested_listings(array(select distinct unit from listing where unit between $1 and $2))
union all select * from contested_trading(array(select distinct unit from trading where unit between $1 and $2))
union all select * from contested_merchants(array(select distinct merchant_id from listing where unit between $1 and $2))

-- name: settle_listings
-- The cells become what was counted; $1: the number of this batch.
insert into listing_cell as told
select month, province, role, scale, platform, sum(listings), sum(onboarded), sum(on_platform), $1 from (
  select * from counted_listing
  union all select month, province, role, scale, platform, -listings, -onboarded, -on_platform from listing_cell) as change
group by month, province, role, scale, platform having (sum(listings), sum(onboarded), sum(on_platform)) <> (0, 0, 0)
on conflict (month, province, role, scale, platform) do update set listings = told.listings + excluded.listings,
  onboarded = told.onboarded + excluded.onboarded, on_platform = told.on_platform + excluded.on_platform, number = excluded.number

-- name: settle_trading
insert into trading_cell as told
select month, province, role, platform, sum(value_idr), sum(local_value_idr), sum(reports), $1 from (
  select * from counted_trading
  union all select month, province, role, platform, -value_idr, -local_value_idr, -reports from trading_cell) as change
group by month, province, role, platform having (sum(value_idr), sum(local_value_idr), sum(reports)) <> (0, 0, 0)
on conflict (month, province, role, platform) do update set value_idr = told.value_idr + excluded.value_idr,
  local_value_idr = told.local_value_idr + excluded.local_value_idr, reports = told.reports + excluded.reports, number = excluded.number

-- name: settle_sellers
insert into seller_cell as told
select month, province, role, sum(transacting), sum(consistent), $1 from (
  select * from counted_seller
  union all select month, province, role, -transacting, -consistent from seller_cell) as change
group by month, province, role having (sum(transacting), sum(consistent)) <> (0, 0)
on conflict (month, province, role) do update set transacting = told.transacting + excluded.transacting,
  consistent = told.consistent + excluded.consistent, number = excluded.number

-- name: settle_contested
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select distinct fact, key, publishers, leads, 1 as contested from counted_contested
  union all select fact, key, publishers, leads, -contested from contested_cell) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number
