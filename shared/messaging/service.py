"""A domain service, wired: settings, a projection and its rooms come in, a process that hears, knows and tells goes out."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uvloop
from fastapi import FastAPI
from faststream.kafka import KafkaBroker

from shared.events import topics
from shared.events.cells import CellKind
from shared.messaging import broker, telling
from shared.messaging.batch import Applier, Projection
from shared.messaging.consumer import Consumer
from shared.messaging.registry import Registry
from shared.messaging.rejections import RejectionRelay
from shared.messaging.relay import CellRelay
from shared.messaging.topics import Topics
from shared.messaging.watch import Watch
from shared.postgres import errors
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from shared.postgres.migrate import folders, migrate
from shared.postgres.pool import open_pool
from shared.runtime import logging, process
from shared.runtime.probes import add_probes
from shared.runtime.pulse import Pulse
from shared.runtime.settings import Settings

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a service is made of. `prepare` readies a connection; `recount` counts everything anew from the facts."""

    name: str
    streams: Sequence[str]
    kinds: Sequence[CellKind]
    migrations: Path
    projection: Callable[[Registry], Projection]
    prepare: Callable[[Connection], Coroutine[Any, Any, None]]
    recount: Callable[[Connection, int, int], Awaitable[None]]


def run(rooms: Rooms) -> None:
    """Run the service until it is told to stop."""
    settings = Settings()
    logging.set_up(settings.log, rooms.name)
    uvloop.run(main(rooms, settings))


async def main(rooms: Rooms, settings: Settings) -> None:
    await wait_for_database(settings.database, *folders(rooms.migrations))
    pool = await open_pool(settings.database, rooms.name, prepare=rooms.prepare)
    codes = Codes()
    registry = Registry(settings.publishers, rooms.streams[0], settings.unregistered, codes)
    pulse = Pulse()
    consumer = Consumer(Applier(rooms.projection(registry), pool, registry, codes), pulse)
    kafka = broker.open_broker(settings.kafka, rooms.name)
    subscriber = broker.listen(kafka, consumer, f"denyut-{rooms.name}", topics.pattern(*rooms.streams))
    relay = CellRelay(topics.cells(rooms.name), rooms.kinds, codes)
    consumer.committed = relay.wake
    watch = Watch(pulse, pool, subscriber, consumer, registry, rooms.recount)
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    tasks = {
        "hear": broker.start(kafka),
        "tell": telling.keep_telling(settings.database, settings.kafka, telling.CELLS, relay.tell),
        "refuse": telling.keep_telling(settings.database, settings.kafka, telling.REJECTIONS, RejectionRelay(Topics(settings.kafka)).tell),
        "announce": consumer.announce_positions(),
        "watch": watch.run(),
    }
    app = FastAPI(title=f"Denyut: {rooms.name}", docs_url=None, redoc_url=None)
    add_probes(app, pulse)
    log.info("starting", port=settings.port)
    await process.serve(app, settings.host, settings.port, tasks, [lambda: stop(kafka, consumer), lambda: close(pool)])


async def wait_for_database(dsn: str, *migrations: Path) -> None:
    """Migrate as soon as the database answers."""
    while True:
        try:
            log.info("migrated", applied=await migrate(dsn, *migrations))
            return
        except Exception as error:
            if not errors.is_passing(error):
                raise
            log.warning("database_is_away", error=repr(error)[:200])
            await asyncio.sleep(1)


async def stop(kafka: KafkaBroker, consumer: Consumer) -> None:
    """Let the batch in flight end, leave the group."""
    consumer.leaving = True
    await asyncio.wait_for(kafka.stop(), 6)
    await asyncio.wait_for(consumer.drain(), 4)


async def close(pool: Pool) -> None:
    try:
        await asyncio.wait_for(pool.close(), 2)
    except TimeoutError:
        pool.terminate()
