-- name: temporary_tables
-- Of each connection; emptied at commit. stage_*: as folded; news_*: what brings something new, with its cause; touched_*: what
-- may change in number; before_*: its numbers as they were.
-- `storage plain`: no second table for long values beside each, which a commit would have to empty too (6 ms a batch for all of them);
-- the longest event fits a page. Those who contest a fact may be many: `before_contested` has one.
create temp table stage_award(no int, award_key uuid, ocid text storage plain collate "C", award_id text storage plain collate "C",
  publisher integer, version bytea storage plain, month integer, fiscal_year smallint, province integer, buyer integer,
  buyer_kind integer, category integer, method integer, value_idr bigint, msme_idr bigint, unclassified_idr bigint, umkk_idr bigint,
  domestic_idr bigint, domestic_unclassified_idr bigint, cancelled bytea storage plain) on commit delete rows;
create temp table news_award(cause text storage plain, like stage_award including storage) on commit delete rows;
create temp table touched_award(award_key uuid, cause text storage plain) on commit delete rows;
create temp table before_award(award_key uuid, month integer, fiscal_year smallint, province integer, buyer integer, buyer_kind integer,
  category integer, method integer, value_idr bigint, msme_idr bigint, unclassified_idr bigint, umkk_idr bigint, domestic_idr bigint,
  domestic_unclassified_idr bigint) on commit delete rows;
create temp table stage_budget(no int, buyer integer, fiscal_year smallint, publisher integer, version bytea storage plain,
  buyer_kind integer, budget_idr bigint, umkk_allocation_idr bigint, cancelled bytea storage plain) on commit delete rows;
create temp table news_budget(cause text storage plain, like stage_budget including storage) on commit delete rows;
create temp table touched_buyer(buyer integer, cause text storage plain) on commit delete rows;
create temp table before_budget(buyer integer, fiscal_year smallint, buyer_kind integer, umkk_idr numeric storage plain,
  umkk_unclassified_idr numeric storage plain, budget_idr numeric storage plain, allocation_idr numeric storage plain, budgets int)
  on commit delete rows;
create temp table stage_match(no int, match_key uuid, match_id text storage plain collate "C", publisher integer,
  version bytea storage plain, msme uuid, month smallint, province integer, enterprise integer, component integer, forum integer,
  kind integer, partner_country integer, potential_idr bigint, ventures smallint, cancelled bytea storage plain) on commit delete rows;
create temp table news_match(unit uuid, cause text storage plain, like stage_match including storage) on commit delete rows;
create temp table touched_match(match_key uuid, cause text storage plain) on commit delete rows;
create temp table before_match(match_key uuid, month smallint, province integer, enterprise integer, component integer, forum integer,
  partner_country integer, potential_idr bigint, ventures smallint, matches int) on commit delete rows;
create temp table touched_partner(unit uuid, cause text storage plain) on commit delete rows;
create temp table before_partner(unit uuid, month smallint, province integer, forum integer, kind integer) on commit delete rows;
create temp table touched_enterprise(enterprise integer, cause text storage plain) on commit delete rows;
create temp table before_enterprise(enterprise integer, month smallint, forum integer, kind integer) on commit delete rows;
create temp table before_contested(fact text, key text, publishers text, leads text) on commit delete rows

-- name: counting_tables
-- Everything anew, for one transaction.
create temp table counted_award(month integer, fiscal_year smallint, province integer, buyer_kind integer, category integer, method integer,
  value_idr numeric, msme_idr numeric, unclassified_idr numeric, domestic_idr numeric, domestic_unclassified_idr numeric,
  awards bigint) on commit drop;
create temp table counted_buyer_year(buyer integer, fiscal_year smallint, buyer_kind integer, umkk_idr numeric) on commit drop;
create temp table counted_budget(fiscal_year smallint, buyer_kind integer, umkk_idr numeric, umkk_unclassified_idr numeric,
  budget_idr numeric, allocation_idr numeric, budgets bigint) on commit drop;
create temp table counted_match(month smallint, province integer, enterprise integer, component integer, forum integer,
  partner_country integer, potential_idr numeric, ventures bigint, matches bigint) on commit drop;
create temp table counted_partner(month smallint, province integer, forum integer, kind integer, msmes bigint, enterprises bigint)
  on commit drop;
create temp table counted_contested(fact text, key text, publishers text, leads text) on commit drop

-- name: judge_awards
-- Two letters a staged row (see `judged`); what brings something new goes on to news_award. The array asks the index for the keys of
-- this batch: without it a batch is merged with the whole index until the table has some hundred thousand rows.
with judged as materialized (
  select stage.*, known.version as known_version, known.cancelled as known_cancelled
  from stage_award as stage
  left join award as known on known.award_key = stage.award_key and known.publisher = stage.publisher
    and known.award_key = any(array(select award_key from stage_award))
), kept as (
  insert into news_award
  select case when cancelled > coalesce(known_cancelled, '') then 'cancellation'
              when coalesce(known_version, '') = '' then 'late' else 'correction' end,
    no, award_key, ocid, award_id, publisher, version, month, fiscal_year, province, buyer, buyer_kind, category, method,
    value_idr, msme_idr, unclassified_idr, umkk_idr, domestic_idr, domestic_unclassified_idr, cancelled
  from judged where version > coalesce(known_version, '') or cancelled > coalesce(known_cancelled, ''))
select string_agg(judged(version, known_version) || judged(cancelled, known_cancelled), '' order by no) from judged

-- name: touch_awards
insert into touched_award select award_key, min(cause) from news_award group by award_key

-- name: before_awards
insert into before_award select * from award_cells(array(select award_key from touched_award))

-- name: merge_awards
insert into award as known(award_key, publisher, month, fiscal_year, province, buyer, buyer_kind, category, method, value_idr, msme_idr,
  unclassified_idr, umkk_idr, domestic_idr, domestic_unclassified_idr, ocid, award_id, version, cancelled)
select award_key, publisher, month, fiscal_year, province, buyer, buyer_kind, category, method, value_idr, msme_idr,
  unclassified_idr, umkk_idr, domestic_idr, domestic_unclassified_idr, ocid, award_id, version, cancelled
from news_award order by award_key, publisher
on conflict (award_key, publisher) do update set
  month        = case when excluded.version > known.version then excluded.month else known.month end,
  fiscal_year  = case when excluded.version > known.version then excluded.fiscal_year else known.fiscal_year end,
  province     = case when excluded.version > known.version then excluded.province else known.province end,
  buyer        = case when excluded.version > known.version then excluded.buyer else known.buyer end,
  buyer_kind   = case when excluded.version > known.version then excluded.buyer_kind else known.buyer_kind end,
  category     = case when excluded.version > known.version then excluded.category else known.category end,
  method       = case when excluded.version > known.version then excluded.method else known.method end,
  value_idr    = case when excluded.version > known.version then excluded.value_idr else known.value_idr end,
  msme_idr     = case when excluded.version > known.version then excluded.msme_idr else known.msme_idr end,
  unclassified_idr = case when excluded.version > known.version then excluded.unclassified_idr else known.unclassified_idr end,
  umkk_idr     = case when excluded.version > known.version then excluded.umkk_idr else known.umkk_idr end,
  domestic_idr = case when excluded.version > known.version then excluded.domestic_idr else known.domestic_idr end,
  domestic_unclassified_idr =
    case when excluded.version > known.version then excluded.domestic_unclassified_idr else known.domestic_unclassified_idr end,
  version      = greatest(known.version, excluded.version),
  cancelled    = greatest(known.cancelled, excluded.cancelled)

-- name: tell_awards
-- What changed, after less before, is added to the cells ($1: the number of this batch) and, for months before $2, to their causes;
-- and to what buyers spend in a year, which the numbers of budgets rest on.
with change as materialized (
  select award_key, month, fiscal_year, province, buyer, buyer_kind, category, method, -value_idr as value_idr, -msme_idr as msme_idr,
    -unclassified_idr as unclassified_idr, -umkk_idr as umkk_idr, -domestic_idr as domestic_idr,
    -domestic_unclassified_idr as domestic_unclassified_idr, -1 as awards
  from before_award
  union all select *, 1 from award_cells(array(select award_key from touched_award))
), delta as materialized (
  select month, fiscal_year, province, buyer_kind, category, method, cause, sum(value_idr) as value_idr, sum(msme_idr) as msme_idr,
    sum(unclassified_idr) as unclassified_idr, sum(domestic_idr) as domestic_idr,
    sum(domestic_unclassified_idr) as domestic_unclassified_idr, sum(awards) as awards
  from change join touched_award using (award_key)
  group by month, fiscal_year, province, buyer_kind, category, method, cause
  having (sum(value_idr), sum(msme_idr), sum(unclassified_idr), sum(domestic_idr), sum(domestic_unclassified_idr), sum(awards))
    <> (0, 0, 0, 0, 0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('value_idr', value_idr), ('msme_idr', msme_idr), ('unclassified_idr', unclassified_idr),
    ('domestic_idr', domestic_idr), ('domestic_unclassified_idr', domestic_unclassified_idr)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change
), spent as (
  insert into buyer_year as known
  select buyer, fiscal_year, buyer_kind, sum(umkk_idr)
  from change group by buyer, fiscal_year, buyer_kind having sum(umkk_idr) <> 0
  order by buyer, fiscal_year, buyer_kind
  on conflict (buyer, fiscal_year, buyer_kind) do update set umkk_idr = known.umkk_idr + excluded.umkk_idr)
insert into award_cell as told
select month, fiscal_year, province, buyer_kind, category, method, sum(value_idr), sum(msme_idr), sum(unclassified_idr),
  sum(domestic_idr), sum(domestic_unclassified_idr), sum(awards), $1
from delta group by month, fiscal_year, province, buyer_kind, category, method
having (sum(value_idr), sum(msme_idr), sum(unclassified_idr), sum(domestic_idr), sum(domestic_unclassified_idr), sum(awards))
  <> (0, 0, 0, 0, 0, 0)
order by month, fiscal_year, province, buyer_kind, category, method
on conflict (month, fiscal_year, province, buyer_kind, category, method) do update set
  value_idr = told.value_idr + excluded.value_idr, msme_idr = told.msme_idr + excluded.msme_idr,
  unclassified_idr = told.unclassified_idr + excluded.unclassified_idr, domestic_idr = told.domestic_idr + excluded.domestic_idr,
  domestic_unclassified_idr = told.domestic_unclassified_idr + excluded.domestic_unclassified_idr,
  awards = told.awards + excluded.awards, number = excluded.number

-- name: judge_budgets
with judged as materialized (
  select stage.*, known.version as known_version
  from stage_budget as stage left join budget as known on known.buyer = stage.buyer and known.fiscal_year = stage.fiscal_year
    and known.publisher = stage.publisher
), kept as (
  insert into news_budget
  select case when known_version is null then 'late' else 'correction' end, no, buyer, fiscal_year, publisher, version, buyer_kind,
    budget_idr, umkk_allocation_idr, cancelled
  from judged where version > coalesce(known_version, ''))
select string_agg(judged(version, known_version) || '-', '' order by no) from judged

-- name: touch_buyers
-- Buyers with news of their budgets, and of whose awards any may change: those that awards name now and those they will name.
insert into touched_buyer
select buyer, min(cause) from (
  select buyer, touched_award.cause from touched_award join award using (award_key)
  where award.award_key = any(array(select award_key from touched_award))
  union all select buyer, cause from news_award
  union all select buyer, cause from news_budget) as heard
where buyer is not null group by buyer

-- name: before_budgets
insert into before_budget select * from budget_cells(array(select buyer from touched_buyer))

-- name: merge_budgets
insert into budget as known(buyer, fiscal_year, publisher, buyer_kind, budget_idr, umkk_allocation_idr, version)
select buyer, fiscal_year, publisher, buyer_kind, budget_idr, umkk_allocation_idr, version
from news_budget order by buyer, fiscal_year, publisher
on conflict (buyer, fiscal_year, publisher) do update set
  buyer_kind = excluded.buyer_kind, budget_idr = excluded.budget_idr, umkk_allocation_idr = excluded.umkk_allocation_idr,
  version = excluded.version
where excluded.version > known.version

-- name: tell_budgets
-- After tell_awards, which brings buyer_year to its newest state. A fiscal year is closed when its December is.
with delta as materialized (
  select fiscal_year, buyer_kind, cause, sum(umkk_idr) as umkk_idr, sum(umkk_unclassified_idr) as umkk_unclassified_idr,
    sum(budget_idr) as budget_idr, sum(allocation_idr) as allocation_idr, sum(budgets) as budgets
  from (select buyer, fiscal_year, buyer_kind, -umkk_idr as umkk_idr, -umkk_unclassified_idr as umkk_unclassified_idr,
          -budget_idr as budget_idr, -allocation_idr as allocation_idr, -budgets as budgets from before_budget
        union all select * from budget_cells(array(select buyer from touched_buyer))) as change join touched_buyer using (buyer)
  group by fiscal_year, buyer_kind, cause
  having (sum(umkk_idr), sum(umkk_unclassified_idr), sum(budget_idr), sum(allocation_idr), sum(budgets)) <> (0, 0, 0, 0, 0)
), caused as (
  insert into cause_cell as known
  select measure, fiscal_year * 12 + 11, cause, sum(change)
  from delta cross join lateral (values ('umkk_idr', umkk_idr), ('umkk_unclassified_idr', umkk_unclassified_idr),
    ('budget_idr', budget_idr), ('allocation_idr', allocation_idr)) as measured(measure, change)
  where fiscal_year * 12 + 11 < $2 group by measure, fiscal_year, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into budget_cell as told
select fiscal_year, buyer_kind, sum(umkk_idr), sum(umkk_unclassified_idr), sum(budget_idr), sum(allocation_idr), sum(budgets), $1
from delta group by fiscal_year, buyer_kind
having (sum(umkk_idr), sum(umkk_unclassified_idr), sum(budget_idr), sum(allocation_idr), sum(budgets)) <> (0, 0, 0, 0, 0)
order by fiscal_year, buyer_kind
on conflict (fiscal_year, buyer_kind) do update set umkk_idr = told.umkk_idr + excluded.umkk_idr,
  umkk_unclassified_idr = told.umkk_unclassified_idr + excluded.umkk_unclassified_idr,
  budget_idr = told.budget_idr + excluded.budget_idr, allocation_idr = told.allocation_idr + excluded.allocation_idr,
  budgets = told.budgets + excluded.budgets, number = excluded.number

-- name: judge_matches
with judged as materialized (
  select stage.*, coalesce(member.unit, stage.msme) as unit, known.version as known_version
  from stage_match as stage left join member on member.msme = stage.msme
  left join match as known on known.match_key = stage.match_key and known.publisher = stage.publisher
    and known.match_key = any(array(select match_key from stage_match))
), kept as (
  insert into news_match
  select unit, case when known_version is null then 'late' else 'correction' end, no, match_key, match_id, publisher, version, msme,
    month, province, enterprise, component, forum, kind, partner_country, potential_idr, ventures, cancelled
  from judged where version > coalesce(known_version, ''))
select string_agg(judged(version, known_version) || '-', '' order by no) from judged

-- name: touch_matches
insert into touched_match select match_key, min(cause) from news_match group by match_key

-- name: touch_partners
-- MSMEs of every publisher's statement of these matches, as it is and as it will be: who leads may change, and whom a match names.
insert into touched_partner
select unit, min(cause) from (
  select unit, touched_match.cause from touched_match join match using (match_key)
  where match.match_key = any(array(select match_key from touched_match))
  union all select unit, cause from news_match) as heard group by unit

-- name: touch_enterprises
insert into touched_enterprise
select enterprise, min(cause) from (
  select enterprise, touched_match.cause from touched_match join match using (match_key)
  where match.match_key = any(array(select match_key from touched_match))
  union all select enterprise, cause from news_match) as heard group by enterprise

-- name: touch_moved_partners
insert into touched_partner select unit, 'identity' from (select old_unit as unit from moved union select new_unit from moved) as moving

-- name: before_matches
insert into before_match select * from match_cells(array(select match_key from touched_match))

-- name: before_partners
insert into before_partner select * from partner_cells(array(select unit from touched_partner))

-- name: before_enterprises
insert into before_enterprise select * from enterprise_cells(array(select enterprise from touched_enterprise))

-- name: merge_matches
insert into match as known(match_key, publisher, unit, msme, month, province, enterprise, component, forum, kind, partner_country,
  potential_idr, ventures, match_id, version)
select match_key, publisher, unit, msme, month, province, enterprise, component, forum, kind, partner_country,
  potential_idr, ventures, match_id, version
from news_match order by match_key, publisher
on conflict (match_key, publisher) do update set
  unit = excluded.unit, msme = excluded.msme, month = excluded.month, province = excluded.province, enterprise = excluded.enterprise,
  component = excluded.component, forum = excluded.forum, kind = excluded.kind, partner_country = excluded.partner_country,
  potential_idr = excluded.potential_idr, ventures = excluded.ventures, version = excluded.version
where excluded.version > known.version

-- name: move_matches
update match set unit = new_unit from moved
where match.unit = any(array(select old_unit from moved)) and match.unit = old_unit and match.msme = moved.msme

-- name: tell_matches
with delta as materialized (
  select month, province, enterprise, component, forum, partner_country, cause,
    sum(potential_idr) as potential_idr, sum(ventures) as ventures, sum(matches) as matches
  from (select match_key, month, province, enterprise, component, forum, partner_country, -potential_idr as potential_idr,
          -ventures as ventures, -matches as matches from before_match
        union all select * from match_cells(array(select match_key from touched_match))) as change join touched_match using (match_key)
  group by month, province, enterprise, component, forum, partner_country, cause
  having (sum(potential_idr), sum(ventures), sum(matches)) <> (0, 0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('potential_idr', potential_idr), ('ventures', ventures)) as measured(measure, change)
  where month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change)
insert into match_cell as told
select month, province, enterprise, component, forum, partner_country, sum(potential_idr), sum(ventures), sum(matches), $1
from delta group by month, province, enterprise, component, forum, partner_country
having (sum(potential_idr), sum(ventures), sum(matches)) <> (0, 0, 0)
order by month, province, enterprise, component, forum, partner_country
on conflict (month, province, enterprise, component, forum, partner_country) do update set
  potential_idr = told.potential_idr + excluded.potential_idr, ventures = told.ventures + excluded.ventures,
  matches = told.matches + excluded.matches, number = excluded.number

-- name: tell_partners
-- MSMEs and enterprises that stand as partners. A row with a forum or a kind is for that cell only; an MSME's other row has its
-- province, an enterprise's has nothing.
with delta as materialized (
  select month, province, forum, kind, cause, sum(msmes) as msmes, sum(enterprises) as enterprises
  from (select month, province, forum, kind, cause, -1 as msmes, 0 as enterprises from before_partner join touched_partner using (unit)
        union all select month, province, forum, kind, cause, 1, 0
          from partner_cells(array(select unit from touched_partner)) join touched_partner using (unit)
        union all select month, null, forum, kind, cause, 0, -1 from before_enterprise join touched_enterprise using (enterprise)
        union all select month, null, forum, kind, cause, 0, 1
          from enterprise_cells(array(select enterprise from touched_enterprise)) join touched_enterprise using (enterprise)) as change
  group by month, province, forum, kind, cause having (sum(msmes), sum(enterprises)) <> (0, 0)
), caused as (
  insert into cause_cell as known
  select measure, month, cause, sum(change)
  from delta cross join lateral (values ('msmes', msmes), ('enterprises', enterprises)) as measured(measure, change)
  where forum is null and kind is null and month < $2 group by measure, month, cause having sum(change) <> 0
  on conflict (measure, month, cause) do update set change = known.change + excluded.change
), forums as (
  insert into partner_forum_cell as told
  select month, forum, sum(msmes), sum(enterprises), $1 from delta where forum is not null
  group by month, forum having (sum(msmes), sum(enterprises)) <> (0, 0) order by month, forum
  on conflict (month, forum) do update set msmes = told.msmes + excluded.msmes,
    enterprises = told.enterprises + excluded.enterprises, number = excluded.number
), kinds as (
  insert into partner_kind_cell as told
  select month, kind, sum(msmes), sum(enterprises), $1 from delta where kind is not null
  group by month, kind having (sum(msmes), sum(enterprises)) <> (0, 0) order by month, kind
  on conflict (month, kind) do update set msmes = told.msmes + excluded.msmes,
    enterprises = told.enterprises + excluded.enterprises, number = excluded.number
), enterprises as (
  insert into enterprise_cell as told
  select month, sum(enterprises), $1 from delta where forum is null and kind is null
  group by month having sum(enterprises) <> 0 order by month
  on conflict (month) do update set enterprises = told.enterprises + excluded.enterprises, number = excluded.number)
insert into partner_cell as told
select month, province, sum(msmes), $1 from delta where province is not null
group by month, province having sum(msmes) <> 0 order by month, province
on conflict (month, province) do update set msmes = told.msmes + excluded.msmes, number = excluded.number

-- name: forget_partners
-- Between the moves of links and the batch's own matches.
with touched as (delete from touched_partner), moving as (delete from moved) delete from before_partner

-- name: before_contested
insert into before_contested select * from contested_awards(array(select award_key from touched_award))
union all select * from contested_budgets(array(select buyer from touched_buyer))
union all select * from contested_matches(array(select match_key from touched_match))

-- name: tell_contested
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select fact, key, publishers, leads, -1 as contested from before_contested
  union all select *, 1 from contested_awards(array(select award_key from touched_award))
  union all select *, 1 from contested_budgets(array(select buyer from touched_buyer))
  union all select *, 1 from contested_matches(array(select match_key from touched_match))) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number

-- name: count_awards
-- Everything anew from the facts, by ranges of key or unit from $1 to $2 (rebuild, verify, a changed registry).
with counted as materialized (
  select * from award_cells(array(select distinct award_key from award where award_key between $1 and $2))
), spent as (
  insert into counted_buyer_year
  select buyer, fiscal_year, buyer_kind, sum(umkk_idr) from counted group by buyer, fiscal_year, buyer_kind)
insert into counted_award
select month, fiscal_year, province, buyer_kind, category, method, sum(value_idr), sum(msme_idr), sum(unclassified_idr),
  sum(domestic_idr), sum(domestic_unclassified_idr), count(*)
from counted group by month, fiscal_year, province, buyer_kind, category, method

-- name: count_matches
insert into counted_match
select month, province, enterprise, component, forum, partner_country, sum(potential_idr), sum(ventures), sum(matches)
from match_cells(array(select distinct match_key from match where match_key between $1 and $2))
group by month, province, enterprise, component, forum, partner_country

-- name: count_partners
insert into counted_partner
select month, province, forum, kind, count(*), 0
from partner_cells(array(select distinct unit from match where unit between $1 and $2))
group by month, province, forum, kind

-- name: count_contested
insert into counted_contested
select * from contested_awards(array(select distinct award_key from award where award_key between $1 and $2))
union all select * from contested_matches(array(select distinct match_key from match where match_key between $1 and $2))

-- name: count_enterprises
-- All at once: enterprises are few.
insert into counted_partner
select month, null, forum, kind, 0, count(*)
from enterprise_cells(array(select distinct enterprise from match))
group by month, forum, kind

-- name: count_budgets
-- All at once, after settle_buyer_years: buyers are few.
insert into counted_budget
select fiscal_year, buyer_kind, sum(umkk_idr), sum(umkk_unclassified_idr), sum(budget_idr), sum(allocation_idr), sum(budgets)
from budget_cells(array(select buyer from budget union select buyer from buyer_year))
group by fiscal_year, buyer_kind

-- name: count_contested_budgets
insert into counted_contested select * from contested_budgets(array(select distinct buyer from budget))

-- name: settle_awards
-- The cells become what was counted; $1: the number of this batch.
insert into award_cell as told
select month, fiscal_year, province, buyer_kind, category, method, sum(value_idr), sum(msme_idr), sum(unclassified_idr),
  sum(domestic_idr), sum(domestic_unclassified_idr), sum(awards), $1
from (select * from counted_award
  union all select month, fiscal_year, province, buyer_kind, category, method, -value_idr, -msme_idr, -unclassified_idr,
    -domestic_idr, -domestic_unclassified_idr, -awards from award_cell) as change
group by month, fiscal_year, province, buyer_kind, category, method
having (sum(value_idr), sum(msme_idr), sum(unclassified_idr), sum(domestic_idr), sum(domestic_unclassified_idr), sum(awards))
  <> (0, 0, 0, 0, 0, 0)
on conflict (month, fiscal_year, province, buyer_kind, category, method) do update set
  value_idr = told.value_idr + excluded.value_idr, msme_idr = told.msme_idr + excluded.msme_idr,
  unclassified_idr = told.unclassified_idr + excluded.unclassified_idr, domestic_idr = told.domestic_idr + excluded.domestic_idr,
  domestic_unclassified_idr = told.domestic_unclassified_idr + excluded.domestic_unclassified_idr,
  awards = told.awards + excluded.awards, number = excluded.number

-- name: settle_buyer_years
insert into buyer_year as known
select buyer, fiscal_year, buyer_kind, sum(umkk_idr)
from (select * from counted_buyer_year union all select buyer, fiscal_year, buyer_kind, -umkk_idr from buyer_year) as change
group by buyer, fiscal_year, buyer_kind having sum(umkk_idr) <> 0
on conflict (buyer, fiscal_year, buyer_kind) do update set umkk_idr = known.umkk_idr + excluded.umkk_idr

-- name: settle_budgets
insert into budget_cell as told
select fiscal_year, buyer_kind, sum(umkk_idr), sum(umkk_unclassified_idr), sum(budget_idr), sum(allocation_idr), sum(budgets), $1
from (select * from counted_budget
  union all select fiscal_year, buyer_kind, -umkk_idr, -umkk_unclassified_idr, -budget_idr, -allocation_idr, -budgets
    from budget_cell) as change
group by fiscal_year, buyer_kind
having (sum(umkk_idr), sum(umkk_unclassified_idr), sum(budget_idr), sum(allocation_idr), sum(budgets)) <> (0, 0, 0, 0, 0)
on conflict (fiscal_year, buyer_kind) do update set umkk_idr = told.umkk_idr + excluded.umkk_idr,
  umkk_unclassified_idr = told.umkk_unclassified_idr + excluded.umkk_unclassified_idr,
  budget_idr = told.budget_idr + excluded.budget_idr, allocation_idr = told.allocation_idr + excluded.allocation_idr,
  budgets = told.budgets + excluded.budgets, number = excluded.number

-- name: settle_matches
insert into match_cell as told
select month, province, enterprise, component, forum, partner_country, sum(potential_idr), sum(ventures), sum(matches), $1
from (select * from counted_match
  union all select month, province, enterprise, component, forum, partner_country, -potential_idr, -ventures, -matches
    from match_cell) as change
group by month, province, enterprise, component, forum, partner_country
having (sum(potential_idr), sum(ventures), sum(matches)) <> (0, 0, 0)
on conflict (month, province, enterprise, component, forum, partner_country) do update set
  potential_idr = told.potential_idr + excluded.potential_idr, ventures = told.ventures + excluded.ventures,
  matches = told.matches + excluded.matches, number = excluded.number

-- name: settle_partners
insert into partner_cell as told
select month, province, sum(msmes), $1
from (select month, province, msmes from counted_partner where province is not null
  union all select month, province, -msmes from partner_cell) as change
group by month, province having sum(msmes) <> 0
on conflict (month, province) do update set msmes = told.msmes + excluded.msmes, number = excluded.number

-- name: settle_partner_forums
insert into partner_forum_cell as told
select month, forum, sum(msmes), sum(enterprises), $1
from (select month, forum, msmes, enterprises from counted_partner where forum is not null
  union all select month, forum, -msmes, -enterprises from partner_forum_cell) as change
group by month, forum having (sum(msmes), sum(enterprises)) <> (0, 0)
on conflict (month, forum) do update set msmes = told.msmes + excluded.msmes,
  enterprises = told.enterprises + excluded.enterprises, number = excluded.number

-- name: settle_partner_kinds
insert into partner_kind_cell as told
select month, kind, sum(msmes), sum(enterprises), $1
from (select month, kind, msmes, enterprises from counted_partner where kind is not null
  union all select month, kind, -msmes, -enterprises from partner_kind_cell) as change
group by month, kind having (sum(msmes), sum(enterprises)) <> (0, 0)
on conflict (month, kind) do update set msmes = told.msmes + excluded.msmes,
  enterprises = told.enterprises + excluded.enterprises, number = excluded.number

-- name: settle_enterprises
insert into enterprise_cell as told
select month, sum(enterprises), $1
from (select month, enterprises from counted_partner where forum is null and kind is null
  union all select month, -enterprises from enterprise_cell) as change
group by month having sum(enterprises) <> 0
on conflict (month) do update set enterprises = told.enterprises + excluded.enterprises, number = excluded.number

-- name: settle_contested
insert into contested_cell as told
select fact, key, publishers, leads, sum(contested), $1 from (
  select *, 1 as contested from counted_contested
  union all select fact, key, publishers, leads, -contested from contested_cell) as change
group by fact, key, publishers, leads having sum(contested) <> 0
on conflict (fact, key, publishers, leads) do update set contested = told.contested + excluded.contested, number = excluded.number
