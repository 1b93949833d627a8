"""Trying a service's projection: records come in, in batches as a test splits them; its cells, with names, go out.

Everything between Kafka and the cells is real: decoding, the model, the transaction of a batch and the database. What should come
out is counted from the same records in plain Python (`count_plainly`, on the recount of tests/oracle).
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from zlib import crc32

import orjson
import yaml
from aiokafka import ConsumerRecord

from shared.events.envelope import Event
from shared.messaging.batch import QUERIES, Applier, Batch
from shared.messaging.decode import decode as decode_live
from shared.messaging.registry import Registry
from shared.messaging.relay import text
from shared.messaging.rooms import Rooms
from shared.postgres.codes import Codes
from shared.postgres.connection import Pool
from shared.postgres.pool import open_pool
from shared.postgres.positions import Partition
from shared.runtime import clock
from tests.oracle import records as oracle
from tests.oracle.contested import contested
from tests.oracle.counting import Stock
from tests.oracle.decode import decode
from tests.oracle.facts import Facts
from tests.oracle.links import Groups

Cells = dict[tuple[str | None, ...], tuple[int, ...]]
PARTITIONS = 2
KEPT = ("migration", "code", "epoch")  # tables that stay when everything else is forgotten
TABLES = "select tablename from pg_tables where schemaname = 'public' and tablename <> all($1::text[]) order by 1"


@dataclass(slots=True)
class Trial:
    """A service's rooms on a database of its own; `next` is where each partition was read to."""

    rooms: Rooms
    pool: Pool
    applier: Applier
    next: dict[Partition, int] = field(default_factory=dict)

    async def apply(self, records: Sequence[oracle.Record]) -> list[str]:
        """Apply one batch; the outcome of every record comes back."""
        return await self.settle(self.batch(records))

    async def apply_at_once(self, *parts: Sequence[oracle.Record]) -> None:
        """Several batches race, as those of replicas do: their partitions must differ."""
        await asyncio.gather(*[self.settle(batch) for batch in [self.batch(part) for part in parts if part]])

    def batch(self, records: Sequence[oracle.Record]) -> Batch:
        """These records as Kafka hands them out: each has its place in the log."""
        placed = [self.place(record) for record in records]
        ends = {(record.topic, record.partition): record.offset + 1 for record in placed}
        begins = {partition: min(r.offset for r in placed if (r.topic, r.partition) == partition) for partition in ends}
        return Batch(placed, begins, ends)

    def place(self, record: oracle.Record) -> "ConsumerRecord[Any, Any]":
        partition = (record.topic, crc32(record.key or b"") % PARTITIONS)
        offset = self.next.get(partition, 0)
        self.next[partition] = offset + 1
        return fetched(record, partition[1], offset)

    async def settle(self, batch: Batch) -> list[str]:
        heard = await self.applier.hear(batch)
        await self.applier.apply_batch(batch, heard)
        return heard.outcomes

    async def recount(self) -> None:
        """Count everything anew from the facts, as verify and a changed registry do."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(QUERIES.lock)
            number = await connection.fetchval(QUERIES.next_number)
            await self.rooms.recount(connection, number, clock.present_month())

    async def cells(self) -> dict[str, Cells]:
        """Every kind's cells by the names of their dimensions, as the relay tells them; those that are nothing left out."""
        return {kind.name: await self.cells_of(kind.name, kind.dimensions, kind.measures) for kind in self.rooms.kinds}

    async def cells_of(self, kind: str, dimensions: Sequence[str], measures: Sequence[str]) -> Cells:
        async with self.pool.acquire() as connection:
            rows = await connection.fetch(f"select * from {kind}_cell")  # noqa: S608 - a kind's own name
            codes = await self.applier.codes.names(connection, {row[name] for row in rows for name in dimensions if type(row[name]) is int})
        cells = {tuple(text(name, row[name], codes) for name in dimensions): tuple(int(row[name]) for name in measures) for row in rows}
        assert len(cells) == len(rows), f"two rows of one {kind} cell"
        return {key: values for key, values in cells.items() if any(values)}

    async def forget(self) -> None:
        """Back to the beginning, for the next example."""
        async with self.pool.acquire() as connection, connection.transaction():
            for row in await connection.fetch(TABLES, KEPT):
                await connection.execute(f"delete from {row['tablename']}")  # noqa: S608 - the database's own names
        self.next.clear()
        self.applier.registry.admitted.clear()


def fetched(record: oracle.Record, partition: int = 0, offset: int = 0) -> "ConsumerRecord[Any, Any]":
    """A record as the Kafka client hands it out."""
    sizes = (len(record.key or b""), len(record.value or b""))
    headers: Any = tuple(record.headers)
    return ConsumerRecord(record.topic, partition, offset, record.timestamp_ms, 1, record.key, record.value, None, *sizes, headers)


def event_of(record: oracle.Record) -> Event:
    """What a service's model sees of a record that can be taken."""
    event = decode_live(fetched(record))
    assert isinstance(event, Event), event
    return event


@asynccontextmanager
async def trial(rooms: Rooms, dsn: str, publishers: Path, unregistered: str = "count") -> AsyncIterator[Trial]:
    """A service on its empty database; `publishers` is a registry file (`write_registry`)."""
    pool = await open_pool(dsn, rooms.name, prepare=rooms.prepare)
    codes = Codes()
    registry = Registry(publishers, rooms.streams[0], unregistered, codes)
    try:
        yield Trial(rooms, pool, Applier(rooms.projection(registry), pool, registry, codes))
    finally:
        await pool.close()


def write_registry(folder: Path, registry: oracle.Registry, *streams: str) -> Path:
    """The registry of a recount as the file that services read; everybody in it speaks on these streams."""
    entries = [{"name": p.name, "rank": p.rank, "streams": [*streams], "platforms": [*p.platforms]} for p in registry.publishers]
    path = folder / "publishers.yaml"
    path.write_text(yaml.safe_dump(entries), encoding="utf-8")
    return path


def split(records: Sequence[oracle.Record], cuts: Iterable[int]) -> list[Sequence[oracle.Record]]:
    """The records in batches that end at these places."""
    places = sorted({0, len(records), *(cut for cut in cuts if cut < len(records))})
    return [records[start:end] for start, end in pairwise(places)]


@dataclass(slots=True)
class Plain:
    """The same records, recounted in plain Python."""

    facts: Facts
    groups: Groups

    def contested(self, *kinds: str) -> Counter[tuple[str, Any, tuple[str, ...], str]]:
        found = [one for one in contested(self.facts, self.groups) if one.kind in kinds]
        return Counter((one.kind, one.key, one.publishers, one.leads or "") for one in found)


def count_plainly(records: Iterable[oracle.Record], registry: oracle.Registry) -> Plain:
    """Only for records that can be taken: a refusal is an error of the test."""
    facts = Facts([decode(record, registry) for record in records], registry)
    return Plain(facts, Groups((fact.data["msme_ids"][0], fact.data["msme_ids"][1]) for fact in facts.standing("link")))


def net_flows(stock: Stock, *dimensions: str) -> dict[tuple[str | None, ...], int]:
    """A stock as cells tell it: by month and these dimensions, how many units more (or less) stand at its end than before."""
    stays = [stay for stay in stock.stays if stay.end is None or stay.start < stay.end]
    flows: Counter[tuple[str | None, ...]] = Counter()
    for codes in {tuple(stay.codes[dimension] for dimension in dimensions) for stay in stays}:
        wanted = dict(zip(dimensions, codes, strict=True))
        months = {month for stay in stays for month in (stay.start, stay.end) if month is not None}
        for month in months:
            flows[oracle.month_text(month), *codes] += stock.count(month, wanted) - stock.count(month - 1, wanted)
    return {key: change for key, change in flows.items() if change}


def measure(cells: Cells, place: int, *kept: int) -> dict[tuple[str | None, ...], int]:
    """One measure of these cells, summed over the dimensions that are not kept."""
    sums: dict[tuple[str | None, ...], int] = defaultdict(int)
    for key, values in cells.items():
        sums[tuple(key[dimension] for dimension in kept)] += values[place]
    return {key: value for key, value in sums.items() if value}


def told_contested(cells: Cells, parse: Callable[[str, Any], tuple[str, ...]]) -> Counter[tuple[str, Any, tuple[str, ...], str]]:
    """Contested cells as `Plain.contested` has them; `parse` makes a natural key of a fact's name and JSON key."""
    told: Counter[tuple[str, Any, tuple[str, ...], str]] = Counter()
    for (fact, key, publishers, leads), (times,) in cells.items():
        told[str(fact), parse(str(fact), orjson.loads(key or "")), tuple(sorted(orjson.loads(publishers or ""))), str(leads)] += times
    return told
