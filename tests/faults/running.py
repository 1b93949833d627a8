"""A whole system that is about to be broken: a private folder comes in; servers, topics and two replicas of each service go out."""

import asyncio
import shutil
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local import child, services
from deploy.local.private import Private
from tests.faults import fleet
from tests.faults.fleet import NAIVE, NAIVE_DATABASE, SERVICES, Fleet
from tests.faults.naive import TABLE
from tests.faults.plan import LETTERS
from tests.faults.servers import Broker, Database

THIRD = "c"
READY_SECONDS = 180.0


@dataclass(slots=True)
class Running:
    """Each server has a lock: two faults never start or stop the same one at once. `over`: nothing more is published."""

    private: Private
    broker: Broker
    database: Database
    fleet: Fleet
    services: Sequence[str]
    kafka_busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    postgres_busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    registry_busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    third_busy: asyncio.Lock = field(default_factory=asyncio.Lock)
    places: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    over: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def control(self) -> Path:
        return self.private.folder / "control"

    @property
    def registry(self) -> Path:
        return self.fleet.registry


@asynccontextmanager
async def system(
    private: Private, *, of: Sequence[str] = SERVICES, letters: Sequence[str] = LETTERS, without: str = "", naive: bool = True
) -> AsyncIterator[Running]:
    """Everything up and ready; nothing runs afterwards."""
    broker, database = Broker(private, (*LETTERS, THIRD)), Database(private)
    running = Running(private, broker, database, Fleet(private, broker, database, without), of)
    others = list(child.started)  # a test session's own servers, which go on
    shutil.copyfile(services.PUBLISHERS, running.registry)
    try:
        await broker.prepare()
        await asyncio.gather(broker.start(), database.start())
        await services.make_topics(private, broker.bootstrap)
        await database.execute(f"create database {NAIVE_DATABASE}")
        await database.execute(TABLE, database=NAIVE_DATABASE)
        for service in (*of, *([NAIVE] if naive else [])):
            for letter in letters:
                await running.fleet.launch(service, letter)
        unready = await fleet.until_ready(list(running.fleet.products()), READY_SECONDS)
        if unready:
            raise RuntimeError(f"not ready after {READY_SECONDS:.0f} s: {unready}")
        yield running
    finally:
        await running.fleet.close()
        await asyncio.gather(broker.close(), database.stop())
        await child.kill_all(others)
