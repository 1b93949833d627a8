"""The life of a batch: raw records come in, one transaction goes out in which each has exactly one outcome.

Read `apply_batch` and `staged` first: they are the whole order, and no other is right. COPY comes before the lock, since a process that
stops in the middle of a COPY keeps its locks; the lock is a statement of its own, since a statement's snapshot is older
than its wait; positions come before everything that counts.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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
from shared.postgres import positions, queries
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from shared.postgres.errors import Unencodable
from shared.postgres.positions import Partition
from shared.runtime import clock

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
HOUR_MS = 3_600_000
TURN_RECORDS = 250


class Projection(Protocol):
    """What a service brings: its pure decisions, and the SQL that records them."""

    announces: Sequence[str]  # streams whose refusals this service publishes: a stream that several hear is told by one

    def decide(self, event: Event) -> Decided:
        """Raises Refused for what the service cannot take."""

    async def record(self, connection: Connection, folded: Folded, number: int, month: int) -> Mapping[Fact, str]:
        """Record staged rows under the lock; two letters a row of each fact come back (`judged` in SQL)."""


@dataclass(slots=True)
class Batch:
    """Records as they were fetched: where each partition's part begins and ends."""

    records: Sequence[ConsumerRecord]
    begins: Mapping[Partition, int]
    ends: Mapping[Partition, int]


@dataclass(slots=True)
class Heard:
    """A batch after decoding, before the database."""

    folded: Folded = field(default_factory=Folded)
    outcomes: list[str] = field(default_factory=list)
    rejections: list[tuple[ConsumerRecord, Rejection]] = field(default_factory=list)
    digests: dict[int, tuple[str, bytes]] = field(default_factory=dict)
    newest: dict[str, int] = field(default_factory=dict)
    copied: asyncio.Event = field(default_factory=asyncio.Event)  # the database has all rows: the next batch may be decoded


@dataclass(slots=True)
class Applier:
    """What applies batches for one service in one process. `alone`: nobody else writes to these tables, so it takes no lock."""

    projection: Projection
    pool: Pool
    registry: Registry
    codes: Codes
    alone: bool = False

    async def hear(self, batch: Batch, refused: Mapping[int, Rejection] | None = None) -> Heard:
        """Decode, validate and fold every record by itself; one bad record harms no neighbour.

        Lets others have a turn every few milliseconds: the batch before is being merged meanwhile, statement by statement.
        """
        heard = Heard(outcomes=[QUARANTINED] * len(batch.records))
        for index, record in enumerate(batch.records):
            if index % TURN_RECORDS == 0:
                await asyncio.sleep(0)
            if topics.parse(record.topic) is None:  # what our own services tell has no outcome: it is state, or a log of ours
                heard.outcomes[index] = APPLIED
                if refused is None:
                    heard.folded.overheard.append(record)
                continue
            decoded = (refused or {}).get(index) or decode(record)
            rejection = self.decide(index, record, decoded, heard) if isinstance(decoded, Event) else decoded
            if rejection is not None:
                heard.rejections.append((record, rejection))
        return heard

    def decide(self, index: int, record: ConsumerRecord, event: Event, heard: Heard) -> Rejection | None:
        try:
            decided = self.projection.decide(event)
        except Refused as refusal:
            return reject(record, refusal)
        heard.folded.add(index, decided)
        if decided.fact.of_msme:
            heard.folded.pseudonyms[decided.key[0]] = event.data.msme_id  # type: ignore[attr-defined]
        heard.digests[index] = (decided.fact.name, event.digest)
        if event.time_ns > heard.newest.get(decided.fact.name, 0) and self.registry.counts(event.publisher, event.stream):
            heard.newest[decided.fact.name] = event.time_ns
        return None

    async def apply_batch(self, batch: Batch, heard: Heard) -> None:
        """One transaction; raises PositionMoved where the batch does not begin at the stored positions."""
        async with self.staged(batch, heard) as connection:
            await positions.check(connection, batch.begins)
            await self.record(connection, batch, heard)
            await positions.move(connection, batch.begins, batch.ends, checksums(batch))

    @asynccontextmanager
    async def staged(self, batch: Batch, heard: Heard) -> AsyncIterator[Connection]:
        """A transaction that has the batch's rows in the stage tables, and then the lock."""
        await self.registry.admit(self.pool, {topic for topic, _ in batch.ends if topics.parse(topic)})
        rows = {fact: await self.codes.translate(self.pool, heard.folded.rows(fact), fact.coded_positions) for fact in heard.folded.entries}
        async with self.pool.acquire() as connection, connection.transaction():
            for fact, records in rows.items():
                await copy(connection, fact, records)
            heard.copied.set()
            if not self.alone:
                await connection.execute(QUERIES.lock)
            yield connection

    async def record(self, connection: Connection, batch: Batch, heard: Heard) -> int:
        """Merge what is staged and count what became of it; the number of these numbers comes back."""
        number: int = await connection.fetchval(QUERIES.next_number)
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
        sent = ((r, outcome) for r, outcome in zip(batch.records, heard.outcomes, strict=True) if topics.parse(r.topic))
        counts = Counter((record.topic, record.timestamp // HOUR_MS, outcome) for record, outcome in sent)
        await connection.execute(QUERIES.record_outcomes, *columns(counts), number)
        conflicts = [conflict(batch.records[index], *heard.digests[index]) for index, o in enumerate(heard.outcomes) if o == CONFLICTED]
        if conflicts:
            await connection.executemany(QUERIES.record_conflict, conflicts)


async def copy(connection: Connection, fact: Fact, records: list[tuple[Any, ...]]) -> None:
    try:
        await connection.copy_records_to_table(f"stage_{fact.name}", records=records, columns=fact.columns)
    except (OverflowError, ValueError, TypeError) as error:
        raise Unencodable(f"{fact.name}: {error}") from error


def columns(counts: Counter[tuple[str, int, str]]) -> list[list[Any]]:
    """Counts as the columns publisher, stream, hour and one for each outcome."""
    places = sorted({(topic, hour) for topic, hour, _ in counts})
    streams = [topic.split(".", 2) for topic, _ in places]
    by_outcome = [[counts[topic, hour, outcome] for topic, hour in places] for outcome in OUTCOMES]
    return [[parts[2] for parts in streams], [parts[1] for parts in streams], [hour for _, hour in places], *by_outcome]


def conflict(record: ConsumerRecord, fact: str, digest: bytes) -> tuple[Any, ...]:
    _, stream, publisher = record.topic.split(".", 2)
    return fact, publisher, stream, record.topic, record.partition, record.offset, digest


def checksums(batch: Batch) -> dict[Partition, bytes]:
    """CRC-32 of every record's value, four bytes each, in the order of the log."""
    sums: dict[Partition, bytearray] = {}
    for record in batch.records:
        sums.setdefault((record.topic, record.partition), bytearray()).extend(crc32(record.value or b"").to_bytes(4, "big"))
    return {partition: bytes(value) for partition, value in sums.items()}
