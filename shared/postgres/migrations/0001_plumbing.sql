-- What every service keeps beside its facts, because every batch leaves it behind: where it is in the log, what became of
-- every record, what was refused, and the numbers it tells.

-- One dictionary of names a database: facts and cells hold small integers, people see names.
create table code(
  code integer generated always as identity primary key,
  name text collate "C" not null unique);

-- Who publishes. Of two who state the same fact the first by (rank, name) leads; who is not counted is heard and receipted only
-- (`counted` for the service's own stream, `links_counted` for identity).
create table publisher(
  publisher integer primary key references code,
  name text collate "C" not null unique,
  rank integer not null,
  counted boolean not null,
  links_counted boolean not null);

-- The truth about where a partition was read to: moves in the transaction that applies what was read.
create table position(
  topic text, partition integer, next_offset bigint not null,
  primary key (topic, partition));

-- Every batch that was applied, with four bytes (CRC-32) of every record's value in order: what was heard can be compared with the log.
create table heard(
  topic text, partition integer, from_offset bigint, next_offset bigint not null,
  checksums bytea not null, committed_at timestamptz not null default now(),
  primary key (topic, partition, from_offset));

-- What became of records, by the hour (hours since 1970, of the record's Kafka timestamp).
create table outcome(
  publisher text collate "C", stream text, hour integer,
  applied bigint not null default 0, repeated bigint not null default 0, superseded bigint not null default 0,
  conflicted bigint not null default 0, quarantined bigint not null default 0,
  primary key (publisher, stream, hour));

-- Records that could not be taken. `value` and `headers` are kept untouched, unless they carry a personal identifier.
create table quarantine(
  id bigint generated always as identity primary key,
  publisher text collate "C" not null, stream text not null,
  topic text not null, partition integer not null, "offset" bigint not null, known_ms bigint not null,
  reason text not null, path text, expected text, seen text,
  key bytea, value bytea, headers jsonb,
  announce boolean not null, published_at timestamptz,
  unique (topic, partition, "offset"));
create index quarantine_unpublished on quarantine(id) where announce and published_at is null;

-- Two contents under one version: the one that stands and the one that lost, both by digest.
create table conflict(
  fact text not null, publisher text collate "C" not null, stream text not null,
  topic text not null, partition integer not null, "offset" bigint not null,
  digest bytea not null,
  primary key (topic, partition, "offset"));

-- The version of the numbers: `number` grows with every batch, `generation` with every rebuild, swap or restore.
create table epoch(
  singleton boolean primary key default true check (singleton),
  generation bigint not null, number bigint not null);
insert into epoch(generation, number) values (extract(epoch from now())::bigint, 0);

-- The newest event time counted, by fact.
create table newest(fact text primary key, time_ns bigint not null);

-- Why closed months changed: sums of changes, for restatements.
create table cause_cell(
  measure text, month smallint, cause text, change numeric not null,
  primary key (measure, month, cause));

create table receipt_cell(
  publisher text collate "C", stream text,
  applied bigint not null, repeated bigint not null, superseded bigint not null, conflicted bigint not null, quarantined bigint not null,
  number bigint not null, primary key (publisher, stream));
create index on receipt_cell(number);
create table reason_cell(
  publisher text collate "C", stream text, reason text, records bigint not null,
  number bigint not null, primary key (publisher, stream, reason));
create index on reason_cell(number);
create table contested_cell(
  fact text, key text, publishers text, leads text, contested bigint not null,
  number bigint not null, primary key (fact, key, publishers, leads));
create index on contested_cell(number);

-- What one staged version is beside the known one ('' = none): - nothing staged, a newer, r the same, c same version and other
-- content, s older. The last 17 bytes of a version are its class and its inverted content digest.
create function judged(staged bytea, known bytea) returns text language sql immutable as $f$
select case
  when staged = '' then '-'
  when known is null or known = '' then 'a'
  when staged = known then 'r'
  when substring(staged for length(staged) - 17) = substring(known for length(known) - 17) then 'c'
  when staged > known then 'a'
  else 's' end
$f$;
