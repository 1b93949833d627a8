-- Tables that already hold a register, made inside the server: rows as the service would have written them, and the cells they make.

-- name: drop_keys
alter table listing drop constraint listing_pkey;
drop index listing_merchant;

-- name: names
insert into code(name)
select name from unnest($1::text[]) as name on conflict (name) do nothing;

-- name: publisher
insert into publisher(publisher, name, rank, counted, links_counted)
select code, name, 2147483647, true, true from code where name = any($1::text[])
on conflict (publisher) do nothing;

-- name: fill
-- $1 rows from number $2 on; as in the events, every tenth is a second listing of the MSME before.
insert into listing(unit, msme, platform, publisher, province, role, scale, first_month, off_month, merchant_id, version, cancelled)
select msme, msme, platform, platform, province, role, scale, month, 32767, 'lama-' || number, version, ''
from (
  select number, md5('lama/' || case when number % 10 = 9 then number - 1 else number end)::uuid as msme,
    ($3::smallint[])[1 + (number + number / 10) % 3] as platform,
    ($4::smallint[])[1 + get_byte(chance, 0) % 38] as province,
    ($5::smallint[])[1 + get_byte(chance, 1) % 2] as role,
    ($6::smallint[])[1 + (get_byte(chance, 2) % 31) / 29] as scale,
    (24252 + get_byte(chance, 3) % 36)::smallint as month,
    int8send(1609459200000000000 + number * 3000000000) || int8send(1609459200000000000 + number * 3000000000)
      || convert_to(md5(number::text)::uuid::text, 'UTF8') || '\x0001' || chance as version
  from (select number, decode(md5('chance/' || number), 'hex') as chance
    from generate_series($2::bigint, $2 + $1::bigint - 1) as number) as numbered) as made;

-- name: make_keys
alter table listing add constraint listing_pkey primary key (unit, msme, platform, merchant_id, publisher);
create index listing_merchant on listing(merchant_id, platform);

-- name: copy_to_plain
insert into plain_listing
select unit, msme, platform, publisher, province, role, scale, first_month, merchant_id, version from listing;

-- name: make_plain_key
alter table plain_listing add primary key (unit, msme, platform, merchant_id, publisher);
