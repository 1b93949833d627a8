"""What waited in quarantine is tried again after a fix: refused records come in; those that can be taken now leave it as applied.

The same decoding and decisions, the same transaction of a batch under the merge lock, but no position moves: these records were read
long ago. Their outcome is corrected exactly, in the hour in which it was counted: quarantined one less, what became of it one more.
"""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
from aiokafka import ConsumerRecord

from shared.messaging.batch import QUERIES as BATCH
from shared.messaging.batch import Applier, Batch, columns
from shared.messaging.fold import QUARANTINED
from shared.messaging.quarantine import read_headers
from shared.messaging.registry import Registry
from shared.messaging.rooms import Rooms
from shared.postgres import errors, queries
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from shared.postgres.pool import open_pool
from shared.runtime import clock
from shared.runtime.settings import Settings

log = structlog.get_logger(__name__)
QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
AT_ONCE = 5_000  # records a transaction


class Moved(Exception):
    """Somebody else took some of these records meanwhile: ask again."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A row of quarantine, and the record that it was."""

    stream: str
    reason: str
    record: "ConsumerRecord[Any, Any]"


@dataclass(slots=True)
class Done:
    """What became of the records that were asked for: taken, refused again, and those whose bytes were not kept."""

    taken: int = 0
    refused: int = 0
    lost: int = 0


async def replay(rooms: Rooms, settings: Settings, publisher: str | None, reason: str | None) -> Done:
    """Try again what a service holds in quarantine: of this publisher and for this reason, or all."""
    pool = await open_pool(settings.database, "replay", prepare=rooms.prepare)
    codes = Codes()
    registry = Registry(settings.publishers, rooms.streams[0], settings.unregistered, codes)
    try:
        return await Replay(Applier(rooms.projection(registry), pool, registry, codes)).run(publisher, reason)
    finally:
        await pool.close()


@dataclass(slots=True)
class Replay:
    """One run over a service's quarantine."""

    applier: Applier

    async def run(self, publisher: str | None = None, reason: str | None = None) -> Done:
        pool = self.applier.pool
        done = Done(lost=await pool.fetchval(QUERIES.count_lost, publisher, reason))
        async for waiting in rows(pool, publisher, reason):
            taken = await self.take(waiting)
            done.taken += taken
            done.refused += len(waiting) - taken
        log.info("replayed", publisher=publisher, reason=reason, taken=done.taken, refused=done.refused, lost=done.lost)
        return done

    async def take(self, waiting: Sequence[Waiting]) -> int:
        """Take those that can be taken now, in one transaction; how many these were. What the database refuses is left alone."""
        heard = await self.applier.hear(batch([one.record for one in waiting]))
        refused = {id(record) for record, _ in heard.rejections}
        good = [one for one in waiting if id(one.record) not in refused]
        if not good:
            return 0
        try:
            await self.apply(good)
        except Exception as error:
            if not errors.is_data(error):
                raise
            half = len(good) // 2
            return 0 if half == 0 else await self.take(good[:half]) + await self.take(good[half:])
        return len(good)

    async def apply(self, good: Sequence[Waiting]) -> None:
        again = batch([one.record for one in good])
        heard = await self.applier.hear(again)
        async with self.applier.staged(again, heard) as connection:
            if await connection.fetchval(QUERIES.release, *places(good)) != len(good):
                raise Moved
            number = await self.applier.record(connection, again, heard)
            await correct(connection, good, number)


async def rows(pool: Pool, publisher: str | None, reason: str | None) -> AsyncIterator[Sequence[Waiting]]:
    """What waits with its bytes, in the order in which it was refused."""
    last = 0
    while found := await pool.fetch(QUERIES.list_waiting, last, publisher, reason, AT_ONCE):
        last = found[-1]["id"]
        yield [Waiting(row["stream"], row["reason"], record_of(row)) for row in found]


def record_of(row: Any) -> "ConsumerRecord[Any, Any]":
    """The record as the client handed it out."""
    key, value, headers = row["key"], row["value"], read_headers(row["headers"])
    sizes = (len(key or b""), len(value or b""))
    return ConsumerRecord(row["topic"], row["partition"], row["offset"], row["known_ms"], 1, key, value, None, *sizes, headers)


def batch(records: Sequence["ConsumerRecord[Any, Any]"]) -> Batch:
    """These records without any position: only their topics are used."""
    return Batch(records, {}, {(record.topic, record.partition): record.offset + 1 for record in records})


async def correct(connection: Connection, good: Sequence[Waiting], number: int) -> None:
    """They are not in quarantine any more: not in its hours, not in its sums, not among its reasons."""
    counts = Counter(
        {
            place: -times
            for place, times in Counter((r.topic, clock.bounded(r.timestamp // clock.HOUR_MS), QUARANTINED) for r in of(good)).items()
        }
    )
    await connection.execute(BATCH.record_outcomes, *columns(counts), number)
    publishers = [record.topic.split(".", 2)[2] for record in of(good)]
    await connection.execute(QUERIES.forget_reasons, publishers, [one.stream for one in good], [one.reason for one in good], number)


def places(good: Sequence[Waiting]) -> list[list[Any]]:
    """Where these records are in the log: a number of the table may be another record's after a rebuild."""
    return [[getattr(record, name) for record in of(good)] for name in ("topic", "partition", "offset")]


def of(good: Sequence[Waiting]) -> list["ConsumerRecord[Any, Any]"]:
    return [one.record for one in good]
