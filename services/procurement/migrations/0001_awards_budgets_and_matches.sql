-- What procurement knows: awards, budgets and business matches, and the numbers they make. The functions are the only definition of
-- these numbers: for what a batch touches before and after, and for everything by verify.
-- Versions are bytes that sort: (number, class, inverted digest) of awards and budgets, (time, recordedtime, id, class, inverted
-- digest) of matches; '' = none yet. Months = year * 12 + month - 1. Provinces, buyers, kinds, categories, methods, enterprises,
-- components, forums, countries and publishers are numbers of the dictionary `code`. Amounts are whole rupiah.

create table award(
  award_key uuid not null,          -- the first 16 bytes of the SHA-256 of ocid and award_id: half the index, and ranges to count by
  publisher integer not null,
  month integer,                    -- of awarded_on: a date that its publisher chooses, up to the year 9999
  fiscal_year smallint,
  province integer, buyer integer, buyer_kind integer, category integer, method integer,
  value_idr bigint, msme_idr bigint, unclassified_idr bigint, umkk_idr bigint, domestic_idr bigint, domestic_unclassified_idr bigint,
  ocid text collate "C" not null, award_id text collate "C" not null,
  version bytea not null,           -- of the newest statement; all above is its content
  cancelled bytea not null,         -- of the newest cancellation
  primary key (award_key, publisher),
  constraint award_says_all check (version = '' or num_nulls(month, fiscal_year, province, buyer, buyer_kind, category, method,
    value_idr, msme_idr, unclassified_idr, umkk_idr, domestic_idr, domestic_unclassified_idr) = 0)) with (fillfactor = 80);

create table budget(
  buyer integer, fiscal_year smallint, publisher integer,
  buyer_kind integer not null, budget_idr bigint not null, umkk_allocation_idr bigint not null,
  version bytea not null,
  primary key (buyer, fiscal_year, publisher));

create table match(
  match_key uuid not null,          -- the first 16 bytes of the SHA-256 of match_id
  publisher integer not null,
  unit uuid not null,               -- the MSME: its group's smallest msme; msme itself where not linked
  msme uuid not null,
  month smallint not null,
  province integer not null, enterprise integer not null, component integer not null, forum integer not null, kind integer not null,
  partner_country integer not null,
  potential_idr bigint not null, ventures smallint not null,
  match_id text collate "C" not null,
  version bytea not null,
  primary key (match_key, publisher));
create index on match(unit);
create index on match(enterprise);

create table award_cell(
  month integer, fiscal_year smallint, province integer, buyer_kind integer, category integer, method integer,
  value_idr numeric not null, msme_idr numeric not null, unclassified_idr numeric not null,
  domestic_idr numeric not null, domestic_unclassified_idr numeric not null, awards bigint not null, number bigint not null,
  primary key (month, fiscal_year, province, buyer_kind, category, method));
create index on award_cell(number);

-- A cell like any other, but not told: what a buyer's awards of a year spend on the statutory duty. A buyer may have 50,000
-- awards a year; with this a budget's number needs none of them.
create table buyer_year(
  buyer integer, fiscal_year smallint, buyer_kind integer, umkk_idr numeric not null,
  primary key (buyer, fiscal_year, buyer_kind));

create table budget_cell(
  fiscal_year smallint, buyer_kind integer,
  umkk_idr numeric not null, umkk_unclassified_idr numeric not null, budget_idr numeric not null, allocation_idr numeric not null,
  budgets bigint not null, number bigint not null,
  primary key (fiscal_year, buyer_kind));
create index on budget_cell(number);

create table match_cell(
  month smallint, province integer, enterprise integer, component integer, forum integer, partner_country integer,
  potential_idr numeric not null, ventures bigint not null, matches bigint not null, number bigint not null,
  primary key (month, province, enterprise, component, forum, partner_country));
create index on match_cell(number);
create table partner_cell(
  month smallint, province integer, msmes bigint not null, number bigint not null,
  primary key (month, province));
create index on partner_cell(number);
create table partner_forum_cell(
  month smallint, forum integer, msmes bigint not null, enterprises bigint not null, number bigint not null,
  primary key (month, forum));
create index on partner_forum_cell(number);
create table partner_kind_cell(
  month smallint, kind integer, msmes bigint not null, enterprises bigint not null, number bigint not null,
  primary key (month, kind));
create index on partner_kind_cell(number);
create table enterprise_cell(
  month smallint primary key, enterprises bigint not null, number bigint not null);
create index on enterprise_cell(number);

-- What these awards add to the cells, each once: of publishers who state the same award one leads. `buyer` and `umkk_idr` are for
-- buyer_year. A function, not a view: in a view the restriction would not reach the table through `distinct on`.
create function award_cells(awards uuid[]) returns table(award_key uuid, month integer, fiscal_year smallint, province integer,
  buyer integer, buyer_kind integer, category integer, method integer, value_idr bigint, msme_idr bigint, unclassified_idr bigint,
  umkk_idr bigint, domestic_idr bigint, domestic_unclassified_idr bigint) language sql stable as $f$
select distinct on (award_key) award_key, month, fiscal_year, province, buyer, buyer_kind, category, method,
  value_idr, msme_idr, unclassified_idr, umkk_idr, domestic_idr, domestic_unclassified_idr
from award join publisher using (publisher) where version > cancelled and counted and award_key = any(awards)
order by award_key, rank, name
$f$;

-- What these buyers' budgets and spending add to the cells. Spending in a year with a budget belongs to the kind that the budget
-- names; without one it stands beside, under the kind that the award names.
create function budget_cells(buyers integer[]) returns table(buyer integer, fiscal_year smallint, buyer_kind integer, umkk_idr numeric,
  umkk_unclassified_idr numeric, budget_idr numeric, allocation_idr numeric, budgets int) language sql stable as $f$
with announced as materialized (
  select distinct on (buyer, fiscal_year) buyer, fiscal_year, buyer_kind, budget_idr, umkk_allocation_idr
  from budget join publisher using (publisher) where counted and buyer = any(buyers)
  order by buyer, fiscal_year, rank, name)
select buyer, fiscal_year, buyer_kind, 0, 0, budget_idr, umkk_allocation_idr, 1 from announced
union all
select spent.buyer, spent.fiscal_year, coalesce(announced.buyer_kind, spent.buyer_kind),
  case when announced.buyer is null then 0 else umkk_idr end, case when announced.buyer is null then umkk_idr else 0 end, 0, 0, 0
from buyer_year as spent left join announced using (buyer, fiscal_year) where spent.buyer = any(buyers)
$f$;

-- The matches that count, each once: of publishers who state the same match one leads.
create function leading_matches(matches uuid[]) returns table(match_key uuid, unit uuid, month smallint, province integer,
  enterprise integer, component integer, forum integer, kind integer, partner_country integer, potential_idr bigint, ventures smallint,
  match_id text, publisher_name text, version bytea) language sql stable as $f$
select distinct on (match_key) match_key, unit, month, province, enterprise, component, forum, kind, partner_country, potential_idr,
  ventures, match_id, name, version
from match join publisher using (publisher) where counted and match_key = any(matches)
order by match_key, rank, name
$f$;

create function match_cells(matches uuid[]) returns table(match_key uuid, month smallint, province integer, enterprise integer,
  component integer, forum integer, partner_country integer, potential_idr bigint, ventures smallint, matches int)
language sql stable as $f$
select match_key, month, province, enterprise, component, forum, partner_country, potential_idr, ventures, 1
from leading_matches(matches)
$f$;

-- Where these MSMEs stand as partners, and since when: once in a province (of their newest match), once in each forum and kind.
create function partner_cells(units uuid[]) returns table(unit uuid, month smallint, province integer, forum integer, kind integer)
language sql stable as $f$
with stated as materialized (
  select *, substring(version for length(version) - 17) as stamp
  from leading_matches(array(select distinct match_key from match where match.unit = any(units))) as leader
  where leader.unit = any(units))
select unit, min(month), (array_agg(province order by stamp desc, match_id collate "C", publisher_name collate "C"))[1], null::integer, null::integer
from stated group by unit
union all select unit, min(month), null, forum, null from stated group by unit, forum
union all select unit, min(month), null, null, kind from stated group by unit, kind
$f$;

-- The same of enterprises, which have no province.
create function enterprise_cells(enterprises integer[]) returns table(enterprise integer, month smallint, forum integer, kind integer)
language sql stable as $f$
with stated as materialized (
  select *
  from leading_matches(array(select distinct match_key from match where match.enterprise = any(enterprises))) as leader
  where leader.enterprise = any(enterprises))
select enterprise, min(month), null::integer, null::integer from stated group by enterprise
union all select enterprise, min(month), forum, null from stated group by enterprise, forum
union all select enterprise, min(month), null, kind from stated group by enterprise, kind
$f$;

-- Awards, budgets and matches that two publishers state.
create function contested_awards(awards uuid[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'award', json_build_object('ocid', min(ocid), 'award_id', min(award_id))::text,
  json_agg(name order by rank, name)::text, (array_agg(name order by rank, name))[1]
from award join publisher using (publisher)
where version > cancelled and counted and award_key = any(awards)
group by award_key having count(*) > 1
$f$;
create function contested_budgets(buyers integer[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'budget', json_build_object('buyer', min(code.name), 'fiscal_year', fiscal_year::text)::text,
  json_agg(publisher.name order by rank, publisher.name)::text, (array_agg(publisher.name order by rank, publisher.name))[1]
from budget join publisher using (publisher) join code on code.code = buyer
where counted and buyer = any(buyers)
group by buyer, fiscal_year having count(*) > 1
$f$;
create function contested_matches(matches uuid[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'match', json_build_object('match_id', min(match_id))::text,
  json_agg(name order by rank, name)::text, (array_agg(name order by rank, name))[1]
from match join publisher using (publisher)
where counted and match_key = any(matches)
group by match_key having count(*) > 1
$f$;
