"""A domain service, wired: settings, a projection and its rooms come in, a process that hears, knows and tells goes out."""

import asyncio
import gc
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
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
from shared.messaging.rooms import Outlets, Rooms, Wired
from shared.messaging.topics import Topics
from shared.messaging.watch import Watch
from shared.postgres import errors
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection, Pool
from shared.postgres.migrate import folders, migrate
from shared.postgres.pool import open_pool
from shared.repair import recounting, tables, verify
from shared.runtime import logging, problems, process
from shared.runtime.probes import add_probes
from shared.runtime.pulse import Pulse
from shared.runtime.settings import Settings

__all__ = ["Outlets", "Rooms", "Wired", "domain", "run"]
log = structlog.get_logger(__name__)


def domain(
    *,
    name: str,
    streams: Sequence[str],
    kinds: Sequence[CellKind],
    migrations: Path,
    projection: Callable[[Registry], Projection],
    prepare: Callable[[Connection], Coroutine[Any, Any, None]],
    recount: Callable[[Connection, int, int], Awaitable[None]],
) -> Rooms:
    """A domain service: hears publishers only, tells cells; over HTTP it answers its operator only."""

    def outlets(wired: Wired) -> Outlets:
        relay = CellRelay(wired.settings.kafka, topics.cells(name), kinds, wired.codes)
        wired.on_commit.append(relay.wake.set)
        app = FastAPI(title=f"Denyut: {name}", docs_url=None, redoc_url=None)
        problems.add_problems(app)
        return Outlets(app, {"tell": telling.keep_telling(wired.settings.database, wired.settings.kafka, telling.CELLS, relay.tell)})

    compares = tables.of_kinds(kinds)
    return Rooms(
        name=name,
        streams=streams,
        hears=topics.pattern(*streams),
        kinds=kinds,
        migrations=folders(migrations),
        projection=projection,
        prepare=prepare,
        recount=recount,
        compares=compares,
        keeps=(),
        check=partial(recounting.check, recount, compares),
        outlets=outlets,
    )


def run(rooms: Rooms) -> None:
    """Run the service until it is told to stop."""
    settings = Settings()
    logging.set_up(settings.log, rooms.name)
    uvloop.run(main(rooms, settings))


async def main(rooms: Rooms, settings: Settings) -> None:
    pool = await wait_for_database(settings.database, rooms)
    wired = Wired(settings, pool, Codes(), Pulse(), [])
    registry = Registry(settings.publishers, rooms.streams[0], settings.unregistered, wired.codes)
    applier = Applier(rooms.projection(registry), pool, registry, wired.codes)
    consumer = Consumer(applier, wired.pulse, wired.on_commit)
    kafka = broker.open_broker(settings.kafka, rooms.name)
    subscriber = broker.listen(kafka, consumer, f"denyut-{rooms.name}", rooms.hears, settings.session_ms)
    outlets = rooms.outlets(wired)
    known = Topics(settings.kafka)
    consumer.place.ids = known.ids
    refusals = RejectionRelay(known)
    tasks = {
        "hear": broker.start(kafka),
        "refuse": telling.keep_telling(settings.database, settings.kafka, telling.REJECTIONS, refusals.tell),
        "announce": consumer.announce_positions(),
        "verify": verify.keep(rooms, pool, settings.verify_seconds),
        "watch": Watch(wired.pulse, pool, subscriber, consumer, registry, rooms.recount).run(),
        **outlets.tasks,
    }
    add_probes(outlets.app, wired.pulse)
    gc.freeze()  # what is there now stays: young collections need not look at it
    gc.set_threshold(50_000, 20, 20)
    log.info("starting", port=settings.port)
    await process.serve(outlets.app, settings.host, settings.port, tasks, [lambda: stop(kafka, consumer), lambda: close(pool)])


async def wait_for_database(dsn: str, rooms: Rooms) -> Pool:
    """Migrate and connect as soon as the database answers."""
    while True:
        try:
            log.info("migrated", applied=await migrate(dsn, *rooms.migrations))
            return await open_pool(dsn, rooms.name, prepare=rooms.prepare)
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
