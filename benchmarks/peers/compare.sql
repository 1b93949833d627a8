-- What Flink writes into, and its figures beside ours: rows of the same shape, one a cell.

-- name: tables
create table listing(msme_id text, platform text, merchant_id text, first_month integer, province text, role text, scale text, version text,
  primary key (msme_id, platform, merchant_id));
create table cell(first_month integer, province text, role text, scale text, platform text, listings integer, msmes integer,
  primary key (first_month, province, role, scale, platform));
create table total(id integer primary key, listings bigint, msmes bigint);

-- name: ours
select month, province.name, role.name, scale.name, platform.name, listings, onboarded
from listing_cell join code province on province.code = province join code role on role.code = role
join code scale on scale.code = scale join code platform on platform.code = platform

-- name: theirs
select first_month, province, role, scale, platform, listings, msmes from cell

-- name: their_listings
select first_month, province, role, scale, platform, count(*) from listing group by 1, 2, 3, 4, 5

-- name: their_totals
select listings, msmes from total
