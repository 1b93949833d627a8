"""The life of a batch: raw records come in, one transaction goes out in which each has exactly one outcome.

Read `apply_batch` and `staged` first: they are the whole order, and no other is right. COPY comes before the lock, since a process that
stops in the middle of a COPY keeps its locks; the lock is a statement of its own, since a statement's snapshot is older
than its wait; positions come before everything that counts.
"""

import asyncio
import struct
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any, Protocol
from zlib import crc32

from aiokafka import ConsumerRecord

from shared.events import topics
from shared.events.envelope import Event
from shared.events.reasons import Refused
from shared.messaging import quarantine
from shared.messaging.decode import Rejection, decode, reject
from shared.messaging.fold import APPLIED, CONFLICTED, OUTCOMES, QUARANTINED, Decided, Fact, Folded
from shared.messaging.registry import Registry
from shared.messaging.renewed import UNKNOWN, Renewed, Version
from shared.postgres import positions, queries
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from shared.postgres.errors import Unencodable
from shared.postgres.positions import Partition
from shared.runtime import clock

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
PARTITION = attrgetter("topic", "partition")
Run = tuple[Partition, int, int]
TURN_RECORDS = 50  # decoded between two answers of the database


class Projection(Protocol):
    """What a service brings: its pure decisions, and the SQL that records them."""

    announces: Sequence[str]  # streams whose refusals this service publishes: a stream that several hear is told by one

    def decide(self, event: Event) -> Decided:
        """Raises Refused for what the service cannot take."""

    async def record(self, connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
        """Record staged rows under the lock; two letters a row of each fact come back (`judged` in SQL)."""


@dataclass(slots=True)
class Batch:
    """Records as they were fetched: where each partition's part begins and ends.

    `runs` say of which partition the records from one place to another are: whoever looks at all records pays for it.
    """

    records: Sequence[ConsumerRecord]
    begins: Mapping[Partition, int]
    ends: Mapping[Partition, int]
    runs: Sequence[Run] = ()

    def __post_init__(self) -> None:
        self.runs = self.runs or runs(self.records)


@dataclass(slots=True)
class Heard:
    """A batch after decoding, before the database."""

    folded: Folded = field(default_factory=Folded)
    outcomes: list[str] = field(default_factory=list)
    rejections: list[tuple[ConsumerRecord, Rejection]] = field(default_factory=list)
    newest: dict[str, int] = field(default_factory=dict)
    hours: list[int] = field(default_factory=list)
    sums: list[int] = field(default_factory=list)  # CRC-32 of every record's value
    merging: asyncio.Event = field(default_factory=asyncio.Event)  # the database is at work on it: the next batch may be decoded


@dataclass(slots=True)
class Applier:
    """What applies batches for one service in one process. `alone`: nobody else writes to these tables, so it takes no lock.

    `committed` is the version of the numbers that were written last (generation and number), `given` that of those at hand.
    """

    projection: Projection
    pool: Pool
    registry: Registry
    codes: Codes
    alone: bool = False
    committed: Version = UNKNOWN
    given: Version = UNKNOWN

    async def hear(self, batch: Batch, refused: Mapping[int, Rejection] | None = None) -> Heard:
        """Decode, validate and fold every record by itself; one bad record harms no neighbour.

        Lets others have a turn every few milliseconds: the batch before is being merged meanwhile, statement by statement.
        """
        heard = Heard(Folded(batch.records), [QUARANTINED] * len(batch.records))
        for (topic, _), start, end in batch.runs:
            hear = self.hear_events if topics.parse(topic) else self.overhear
            for first in range(start, end, TURN_RECORDS):
                await asyncio.sleep(0)
                records = batch.records[first : min(first + TURN_RECORDS, end)]
                heard.hours += [record.timestamp // clock.HOUR_MS for record in records]
                heard.sums += [crc32(record.value or b"") for record in records]
                hear(first, records, heard, refused or {})
        return heard

    def hear_events(self, first: int, records: Sequence[ConsumerRecord], heard: Heard, refused: Mapping[int, Rejection]) -> None:
        """Records of a publisher; `first` is the place of the first of them in the batch."""
        for index, record in enumerate(records, first):
            event = refused.get(index) or decode(record)
            if isinstance(event, Rejection):
                heard.rejections.append((record, event))
                continue
            try:
                decided = self.projection.decide(event)
            except Refused as refusal:
                heard.rejections.append((record, reject(record, refusal)))
                continue
            heard.folded.add(index, decided)
            if event.time_ns > heard.newest.get(decided.fact.name, 0) and self.registry.counts(event.publisher, event.stream):
                heard.newest[decided.fact.name] = event.time_ns

    @staticmethod
    def overhear(first: int, records: Sequence[ConsumerRecord], heard: Heard, refused: Mapping[int, Rejection]) -> None:
        """What our own services tell has no outcome: it is state, or a log of ours."""
        heard.outcomes[first : first + len(records)] = [APPLIED] * len(records)
        if not refused:
            heard.folded.overheard += records

    async def apply_batch(self, batch: Batch, heard: Heard) -> None:
        """One transaction; raises PositionMoved where the batch does not begin at the stored positions."""
        try:
            async with self.staged(batch, heard) as connection:
                await positions.check(connection, batch.begins)
                await self.record(connection, batch, heard)
                await positions.move(connection, batch.begins, batch.ends, checksums(batch, heard))
        except Renewed as renewed:
            if renewed.restored:
                await self.renew(renewed.known)
            raise
        self.committed = self.given

    @asynccontextmanager
    async def staged(self, batch: Batch, heard: Heard) -> AsyncIterator[Connection]:
        """A transaction that has the batch's rows in the stage tables, and then the lock."""
        await self.registry.admit(self.pool, {topic for topic, _ in batch.ends if topics.parse(topic)})
        rows = {fact: await self.codes.translate(self.pool, heard.folded.rows(fact), fact.coded_positions) for fact in heard.folded.entries}
        async with self.pool.acquire() as connection, connection.transaction():
            for fact, records in rows.items():
                await copy(connection, fact, records)
            if not self.alone:
                await connection.execute(QUERIES.lock)
            yield connection

    async def record(self, connection: Connection, batch: Batch, heard: Heard) -> int:
        """Merge what is staged and count what became of it; the number of these numbers comes back."""
        given = await connection.fetchrow(QUERIES.next_number)
        assert given is not None
        heard.merging.set()
        number: int = given["number"]
        self.follow(given["generation"], number)
        letters = await self.projection.record(connection, heard.folded, number, clock.present_month())
        for fact, text in letters.items():
            for index, outcome in heard.folded.outcomes(fact, text):
                heard.outcomes[index] = outcome
        await self.record_outcomes(connection, batch, heard, number)
        return number

    async def record_outcomes(self, connection: Connection, batch: Batch, heard: Heard, number: int) -> None:
        """Counts by publisher, stream and hour; the refused records; the contents that lost."""
        await quarantine.record(connection, heard.rejections, self.projection.announces, number)
        await connection.execute(QUERIES.record_newest, list(heard.newest), list(heard.newest.values()))
        await connection.execute(QUERIES.record_outcomes, *columns(count(batch, heard)), number)
        if CONFLICTED in heard.outcomes:
            lost = [record for record, outcome in zip(batch.records, heard.outcomes, strict=True) if outcome == CONFLICTED]
            await connection.executemany(QUERIES.record_conflict, [self.conflict(record) for record in lost])

    def follow(self, generation: int, number: int) -> None:
        """Names have their numbers, and publishers their rows, in the database that they were read from only. Raises Renewed."""
        known, self.given = self.committed, (generation, number)
        if known != UNKNOWN and (generation != known[0] or number <= known[1]):
            self.codes.forget()
            self.registry.forget()
            self.committed = UNKNOWN
            raise Renewed(known, restored=self.given <= known)

    async def renew(self, known: Version) -> None:
        """Numbers that went back would soon be those that were told before, with another meaning: they go on under a new generation."""
        async with self.pool.acquire() as connection, connection.transaction():
            await connection.execute(QUERIES.lock)
            await connection.execute(QUERIES.begin_generation, known[0])

    def conflict(self, record: ConsumerRecord) -> tuple[Any, ...]:
        """Which content lost: looked at once more, as this is rare."""
        event = decode(record)
        assert isinstance(event, Event)
        fact = self.projection.decide(event).fact.name
        return fact, event.publisher, event.stream, record.topic, record.partition, record.offset, event.digest


async def copy(connection: Connection, fact: Fact, records: list[tuple[Any, ...]]) -> None:
    try:
        await connection.copy_records_to_table(f"stage_{fact.name}", records=records, columns=fact.columns)
    except (OverflowError, ValueError, TypeError) as error:
        raise Unencodable(f"{fact.name}: {error}") from error


def runs(records: Sequence[ConsumerRecord]) -> list[Run]:
    """Neighbours of one partition: a fetch brings one partition after the other."""
    found, end = [], 0
    for partition, neighbours in groupby(map(PARTITION, records)):
        start, end = end, end + len(list(neighbours))
        found.append((partition, start, end))
    return found


def count(batch: Batch, heard: Heard) -> Counter[tuple[str, int, str]]:
    """How many records had which outcome, by topic and hour."""
    counts: Counter[tuple[str, int, str]] = Counter()
    for (topic, _), start, end in batch.runs:
        told = Counter(zip(heard.hours[start:end], heard.outcomes[start:end], strict=True))
        for (hour, outcome), records in told.items():
            counts[topic, clock.bounded(hour), outcome] += records
    return counts


def columns(counts: Counter[tuple[str, int, str]]) -> list[list[Any]]:
    """Counts as the columns publisher, stream, hour and one for each outcome; of publishers' records only."""
    places = sorted({(topic, hour) for topic, hour, _ in counts if topics.parse(topic)})
    streams = [topic.split(".", 2) for topic, _ in places]
    by_outcome = [[counts[topic, hour, outcome] for topic, hour in places] for outcome in OUTCOMES]
    return [[parts[2] for parts in streams], [parts[1] for parts in streams], [hour for _, hour in places], *by_outcome]


def checksums(batch: Batch, heard: Heard) -> dict[Partition, bytes]:
    """The checksums of every partition's records, four bytes each, in the order of the log."""
    sums: dict[Partition, bytes] = {}
    for partition, start, end in batch.runs:
        sums[partition] = sums.get(partition, b"") + struct.pack(f">{end - start}I", *heard.sums[start:end])
    return sums
