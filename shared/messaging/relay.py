"""How a service tells: cells that changed come in from its database, messages with their latest state go out to Kafka.

State, not deltas: a message lost or doubled does no harm. One relay a service (an advisory lock of its session). All cells
at its start and every ten minutes, since compaction keeps the last offset and not the newest version, and where the topic was made
anew; then those that changed.
Cells and positions are read in one snapshot, and a watermark closes the flush: readers show nothing that is half.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import structlog
from aiokafka import AIOKafkaProducer

from shared.events import topics
from shared.events.cells import CellKind
from shared.messaging import last_told, telling
from shared.messaging.topics import OwnTopic, Topics
from shared.postgres import queries
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection

log = structlog.get_logger(__name__)
QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
IDLE_SECONDS, MOST_SECONDS = 0.1, 5.0
REST_TIMES = 2  # telling takes a third of the time at most: under backlog every batch changes most cells
ALL_AGAIN_SECONDS = 600
MONTH, CODED = "month", int


@dataclass(slots=True)
class CellRelay:
    """`kinds` name the tables `<kind>_cell`; `wake` is set after a commit of this process."""

    bootstrap_servers: str
    topic: str
    kinds: Sequence[CellKind]
    codes: Codes
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    told: tuple[int, ...] = (-1, -1)

    async def tell(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        """One session as the elected relay: all cells, then what changes; ends by an exception only."""
        topic = OwnTopic(Topics(self.bootstrap_servers), self.topic, topics.CELLS)
        await topic.ensure()
        await self.take_over(connection)
        self.told, all_at = (-1, -1), monotonic() + ALL_AGAIN_SECONDS
        while True:
            if monotonic() > all_at or await topic.is_anew():
                self.told, all_at = (-1, -1), monotonic() + ALL_AGAIN_SECONDS
            begun = monotonic()
            await self.flush(connection, producer)
            await self.rest(min(MOST_SECONDS, max(IDLE_SECONDS, REST_TIMES * (monotonic() - begun))))

    async def take_over(self, connection: Connection) -> None:
        """Numbers that went back are those of a restored database: under a new generation they count all the same."""
        last = await last_told.newest(self.bootstrap_servers, self.topic)
        async with connection.transaction():
            await connection.execute(QUERIES.lock)
            epoch = tuple(await connection.fetchrow(QUERIES.epoch) or ())
            if last > epoch:
                log.error("database_was_restored", told=last, epoch=epoch)
                await connection.execute(QUERIES.begin_generation, last[0])
                self.codes.forget()

    async def rest(self, seconds: float) -> None:
        """At least so long between flushes; then until something was committed here, or a look at what other replicas did."""
        await asyncio.sleep(seconds)
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                await self.wake.wait()
        self.wake.clear()

    async def flush(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        """Tell the cells that changed since the last flush."""
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            (epoch,) = [tuple(row) for row in await connection.fetch(QUERIES.epoch)]
            if epoch == self.told:
                return
            since = self.told[1] if epoch[0] == self.told[0] else -1
            messages = [message async for message in self.messages(connection, since, epoch)]
            messages.append(await self.watermark(connection, epoch, full=since < 0))
        await telling.send(producer, [(self.topic, key, value) for key, value in messages])
        self.told = epoch

    async def messages(self, connection: Connection, since: int, epoch: tuple[int, ...]) -> AsyncIterator[tuple[bytes, bytes]]:
        for kind in self.kinds:
            rows = await connection.fetch(f"select * from {kind.name}_cell where number > $1", since)  # noqa: S608 - a kind's own name
            codes = await self.codes.names(
                connection, {row[name] for row in rows for name in kind.dimensions if isinstance(row[name], CODED)}
            )
            for row in rows:
                key = [text(name, row[name], codes) for name in kind.dimensions]
                measures = [str(int(row[name])) for name in kind.measures]  # a numeric of 210000 may come as 2.1E+5
                yield (
                    orjson.dumps([kind.name, *key]),
                    orjson.dumps({"kind": kind.name, "key": key, "measures": measures, "generation": epoch[0], "number": row["number"]}),
                )

    async def watermark(self, connection: Connection, epoch: tuple[int, ...], *, full: bool) -> tuple[bytes, bytes]:
        """What closes a flush: the version of the numbers, the newest event times, the positions they rest on.

        `full`: the flush had all cells, so what a reader has of older generations and was not in it is nothing any more.
        """
        newest = {row["fact"]: str(row["time_ns"]) for row in await connection.fetch(QUERIES.list_newest)}
        places = {f"{row['topic']}/{row['partition']}": row["next_offset"] for row in await connection.fetch(QUERIES.list_positions)}
        value = {"kind": "watermark", "generation": epoch[0], "number": epoch[1], "full": full, "newest": newest, "positions": places}
        return orjson.dumps(["watermark"]), orjson.dumps(value)


def text(dimension: str, value: Any, codes: dict[int | None, str | None]) -> str | None:
    """A dimension's code as it travels: months as YYYY-MM, dictionary numbers as their names, null where unknown."""
    if value is None:
        return None
    if dimension == MONTH:
        return f"{value // 12:04d}-{value % 12 + 1:02d}"
    if dimension == "fiscal_year":
        return str(value)
    return codes[value] if isinstance(value, CODED) else str(value)
