"""How refusals reach their publisher: quarantined records come in, messages on `umkm.rejected.<publisher>` go out.

A log, not state: unpublished rows by their number, one elected session, marked only after the broker has them. A restart
between the two publishes a row again; topic, partition and offset say which record it is.
"""

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from aiokafka import AIOKafkaProducer

from shared.events import topics
from shared.messaging import telling
from shared.messaging.topics import Topics
from shared.postgres import queries
from shared.postgres.connection import Connection

QUERIES = queries.load(Path(__file__).with_name("queries.sql"))
POLL_SECONDS = 0.5


@dataclass(slots=True)
class RejectionRelay:
    """`topics` makes a publisher's topic before the first message goes there."""

    topics: Topics

    async def tell(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        self.topics.forget()
        while True:
            rows = await connection.fetch(QUERIES.list_unannounced)
            await self.publish(producer, rows)
            if rows:
                await connection.execute(QUERIES.mark_announced, *places(rows))
            else:
                await asyncio.sleep(POLL_SECONDS)

    async def publish(self, producer: AIOKafkaProducer, rows: Sequence[Any]) -> None:
        names = {row["publisher"]: topics.rejected(row["publisher"]) for row in rows}
        await self.topics.ensure(dict.fromkeys(names.values(), topics.REJECTED))
        await telling.send(producer, [(names[row["publisher"]], place(row), message(row)) for row in rows])


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
