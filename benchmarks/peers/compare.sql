-- What Flink writes into, and its figures beside ours: rows of the same shape, one a province, role and scale.

-- name: tables
create table listing(msme_id text, platform text, merchant_id text, province text, role text, scale text, said_at bigint,
  primary key (msme_id, platform, merchant_id));
create table cell(province text, role text, scale text, msmes bigint, primary key (province, role, scale));
create table total(id integer primary key, msmes bigint);

-- name: our_msmes
select province.name, role.name, scale.name, sum(onboarded)::bigint
from listing_cell
join code province on province.code = province join code role on role.code = role join code scale on scale.code = scale
group by 1, 2, 3 having sum(onboarded) <> 0

-- name: our_listings
select province.name, role.name, scale.name, count(*)
from listing
join code province on province.code = province join code role on role.code = role join code scale on scale.code = scale
group by 1, 2, 3

-- name: their_msmes
select province, role, scale, msmes from cell where msmes <> 0

-- name: their_listings
select province, role, scale, count(*) from listing group by 1, 2, 3

-- name: their_total
select coalesce(sum(msmes), 0)::bigint from total
