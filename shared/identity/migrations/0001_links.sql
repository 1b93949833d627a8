-- Which pseudonyms are one MSME, as the identity registries state it: links as facts, and the groups that follow from them.

create table link(
  link_id text collate "C", publisher integer,
  a uuid not null, b uuid not null,
  version bytea not null,           -- of the newest link; '' = only unlinked so far
  cancelled bytea not null,         -- of the newest unlink; '' = none
  primary key (link_id, publisher));
create index on link(a);
create index on link(b);

-- Only linked MSMEs: everybody else is a unit of its own. A unit is its group's smallest msme.
create table member(msme uuid primary key, unit uuid not null);
create index on member(unit);

-- The pseudonyms of MSMEs whose facts two publishers state: facts keep 16 bytes, those who have to settle it need the whole.
create table pseudonym(msme uuid primary key, msme_id text collate "C" not null);

-- Links that two publishers state: the leading one counts.
create function contested_links(links text[]) returns table(fact text, key text, publishers text, leads text) language sql stable as $f$
select 'link', json_build_object('link_id', link_id)::text, json_agg(name order by rank, name)::text, (array_agg(name order by rank, name))[1]
from link join publisher using (publisher)
where version > cancelled and links_counted and link_id = any(links)
group by link_id having count(*) > 1
$f$;
