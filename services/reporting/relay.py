"""How reporting tells: figures that changed come in from its database, their newest state goes out to `umkm.progress`.

State, not deltas, keyed by indicator: a message lost or doubled does no harm. One relay (an advisory lock of its session); all
figures at its start and every ten minutes, since compaction keeps the last offset and not the newest version, and where the topic was
made anew.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic

from aiokafka import AIOKafkaProducer

from services.reporting.api.reader import QUERIES, Head
from shared.events import topics
from shared.messaging import telling
from shared.messaging.topics import OwnTopic, Topics
from shared.postgres.connection import Connection

POLL_SECONDS = 0.2
ALL_AGAIN_SECONDS = 600
NOTHING = -1


@dataclass(slots=True)
class ProgressRelay:
    """`wake` is set after a commit of this process."""

    bootstrap_servers: str
    wake: asyncio.Event = field(default_factory=asyncio.Event)

    async def tell(self, connection: Connection, producer: AIOKafkaProducer) -> None:
        """One session as the elected relay; ends by an exception only."""
        topic = OwnTopic(Topics(self.bootstrap_servers), topics.PROGRESS.address, topics.PROGRESS)
        await topic.ensure()
        told, all_at = NOTHING, monotonic() + ALL_AGAIN_SECONDS
        while True:
            if monotonic() > all_at or await topic.is_anew():
                told, all_at = NOTHING, monotonic() + ALL_AGAIN_SECONDS
            told = await announce_figures(connection, producer, told)
            with suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self.wake.wait()
            self.wake.clear()


async def announce_figures(connection: Connection, producer: AIOKafkaProducer, told: int) -> int:
    """Tell the figures that changed since; returns the number of the newest change that is told."""
    figures = await connection.fetch(QUERIES.list_newer_figures, told)
    if not figures:
        return told
    head = Head(*await connection.fetchrow(QUERIES.head) or ())
    topic = topics.PROGRESS.address
    await telling.send(producer, [(topic, row["indicator"].encode(), message(row["figure"], head.at(row["seq"]))) for row in figures])
    return int(figures[-1]["seq"])


def message(figure: str, cursor: str) -> bytes:
    """A figure as in /v1/progress, and the cursor after its change."""
    return f'{figure[:-1]},"cursor":"{cursor}"}}'.encode()
