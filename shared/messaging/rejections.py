"""How refusals reach their publisher: quarantined records come in, messages on `umkm.rejected.<publisher>` go out.

A log, not state: unpublished rows by their number, one elected session, marked only after the broker has them. A restart
between the two publishes a row again; topic, partition and offset say which record it is.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException

from shared.events import topics
from shared.messaging import telling
from shared.messaging.topics import Topics
from shared.postgres import queries
from shared.postgres.connection import Connection

log = structlog.get_logger(__name__)
QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
POLL_SECONDS, REST_SECONDS = 0.5, 60


@dataclass(slots=True)
class RejectionRelay:
    """`topics` makes a publisher's topic before the first message goes there. `stuck`: whose took nothing, and until when it rests."""

    topics: Topics
    stuck: dict[str, float] = field(default_factory=dict)

    async def tell(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        self.topics.forget()
        while True:
            self.stuck = {publisher: until for publisher, until in self.stuck.items() if until > monotonic()}
            rows = await connection.fetch(QUERIES.list_unannounced, list(self.stuck))
            await self.announce(connection, producer, rows)
            if not rows:
                await asyncio.sleep(POLL_SECONDS)

    async def announce(self, connection: Connection, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        """Publisher by publisher: a topic that takes nothing holds up no other's, and rests. Raises what it said, when all had their turn;
        at once where it said nothing, as then the producer is good for nothing more.
        """
        refused: Exception | None = None
        for publisher in dict.fromkeys(row["publisher"] for row in rows):
            theirs = [row for row in rows if row["publisher"] == publisher]
            try:
                await self.publish(producer, topics.rejected(publisher), theirs)
            except (KafkaError, KafkaException, TimeoutError) as error:
                self.stuck[publisher] = monotonic() + REST_SECONDS
                log.error("refusals_not_told", publisher=publisher, records=len(theirs), error=repr(error)[:200])
                if isinstance(error, TimeoutError):
                    raise
                refused = error
            else:
                await connection.execute(QUERIES.mark_announced, *places(theirs))
        if refused is not None:
            raise refused

    async def publish(self, producer: AIOKafkaProducer, topic: str, rows: Sequence[Any]) -> None:
        await self.topics.ensure({topic: topics.REJECTED})
        await telling.send(producer, [(topic, place(row), message(row)) for row in rows])


def places(rows: Sequence[Any]) -> list[list[Any]]:
    """Where the records are in the log: a number of the table may be another record's after a rebuild."""
    return [[row[name] for row in rows] for name in ("topic", "partition", "offset")]


def place(row: Any) -> bytes:
    return f"{row['topic']}/{row['partition']}/{row['offset']}".encode()


def message(row: Any) -> bytes:
    """A refusal as its publisher reads it; `value` is base64 of the bytes as they came, null where they are not kept or too large."""
    fields = ("stream", "topic", "partition", "offset", "reason", "path", "expected", "seen")
    value = None if row["value"] is None else base64.b64encode(row["value"]).decode()
    headers = None if row["headers"] is None else orjson.loads(row["headers"])
    return orjson.dumps({**{name: row[name] for name in fields}, "timestamp": row["known_ms"], "value": value, "headers": headers})
