-- What reporting keeps: cells as the services tell them, what others observed and aim at, and every figure as it was published.
-- Months are year * 12 + month - 1. Runs after the tables that every service keeps (publishers, positions, receipts, quarantine).

-- Cells as received, visible since a watermark closed them. `known` marks those that belong to the part of their kind which has
-- totals of its own (exports of priority goods). Positions in `key` and `measures` are those of the registry of cells.
create table cell(
  kind text, service text, key text[],
  month integer, fiscal_year integer, known boolean not null,
  measures numeric[] not null, generation bigint not null, number bigint not null,
  primary key (kind, service, key));

-- Cells since a service's last watermark: nothing of them is visible, so a reclassification is never seen half.
create table pending_cell(
  kind text, service text, key text[],
  month integer, fiscal_year integer, known boolean not null,
  measures numeric[] not null, generation bigint not null, number bigint not null,
  primary key (service, kind, key));

-- All cells of a kind by month and fiscal year, kept as cells change: headlines never read the cells.
create table total(
  kind text not null, part text not null, month integer, fiscal_year integer,
  measures numeric[] not null,
  unique nulls not distinct (kind, part, month, fiscal_year));

-- What a service told last: the version of its numbers, the newest event time by fact (ns), and the positions they rest on.
create table watermark(
  service text primary key, generation bigint not null, number bigint not null,
  newest jsonb not null, positions jsonb not null, told_at timestamptz not null default now());

-- Observations and targets are facts of their publisher. Values are the texts as stated; destination '' = none.
create table observation(
  indicator text collate "C", period text collate "C", destination text collate "C", opening boolean, publisher integer,
  version bytea not null,
  value text not null, unit text not null, stated_by text not null, numerator text, denominator text,
  primary key (indicator, period, destination, opening, publisher));
create table target(
  indicator text collate "C", name text collate "C", publisher integer,
  version bytea not null,
  set_on date not null, value text not null, due date not null, details text not null,
  primary key (indicator, name, publisher));

-- Where publishing is: `instance` tells this database from one that was lost, `seq` numbers the changes, `revision` everything
-- that can change an answer, `today` is the day the figures were worked out for.
create table head(
  singleton boolean primary key default true check (singleton),
  instance text not null default substr(md5(gen_random_uuid()::text), 1, 12),
  seq bigint not null default 0, revision bigint not null default 0, today date not null default '0001-01-01');
insert into head default values;

-- Every figure as published last, and the newest changes in their order.
create table figure(indicator text collate "C" primary key, seq bigint not null, figure text not null);
create table change(
  seq bigint primary key, indicator text collate "C" not null, figure text not null, at timestamptz not null default now());

-- What publishers were told could not be taken.
create table rejected(
  id bigint generated always as identity primary key,
  publisher text collate "C" not null, topic text not null, partition integer not null, "offset" bigint not null,
  stream text not null, reason text not null, path text, expected text, seen text, known_ms bigint not null,
  unique (topic, partition, "offset"));
create index on rejected(publisher, id);
