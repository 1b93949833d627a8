"""Kill: the service is killed with SIGKILL in the middle of a backfill, again and again, and started anew by what keeps it running.

moving_again_seconds: from the kill until its database has moved on · figures_gone_back: how often a published number of MSMEs was
smaller than one published before, in a register in which nobody leaves.
"""

import asyncio
import itertools
import signal
import time
from functools import partial

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer

from benchmarks import filling, running, servers, tables
from benchmarks.measured import Row, row
from benchmarks.register import Register
from benchmarks.scope import Scope
from benchmarks.servers import Servers
from deploy.local.child import Child
from deploy.local.keep import Kept
from deploy.local.services import SERVICES, start
from shared.events import topics

CASE = "kill"
KILLS = 3
END_SECONDS = 900
TOLD_SECONDS = 5  # the last cells
LOOK_SECONDS = 0.02
ONBOARDED = 1  # the place of this measure in a listing cell


async def run(scope: Scope) -> list[Row]:
    register = Register(scope.events)
    async with servers.running() as here:
        await tables.make(here, scope.rows, plain=False)
        await filling.make_topics(here.kafka.bootstrap)
        await asyncio.to_thread(filling.fill, here.kafka.bootstrap, register.messages())
        dsn = await here.clone(tables.SERVICE, "bench_kill")
        kept = Kept("onboarding", lambda: started(here, dsn), lambda *_, **__: None, lambda: None)
        await kept.begin()
        watching = asyncio.create_task(kept.go_on())
        try:
            waited = [await killed(kept, dsn, register.events * (number + 1) // (KILLS + 2), scope) for number in range(KILLS)]
            await caught_up(dsn, register.events)
        finally:
            watching.cancel()
            await kept.end(signal.SIGKILL, 5)
        totals = await published(here.kafka.bootstrap)
    back = sum(later < earlier for earlier, later in itertools.pairwise(totals))
    of = partial(row, CASE)
    return [of("moving_again_seconds", waited), of("figures_gone_back", [float(back)]), of("figures_published", [float(len(totals))])]


async def started(here: Servers, dsn: str) -> Child:
    return start(here.private, SERVICES[0], here.kafka.bootstrap, dsn)[0]


async def killed(kept: Kept, dsn: str, records: int, scope: Scope) -> float:
    """Let it work until it has so many records, kill it, and wait until its database moves again; how long that took."""
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        await moved(connection, records)
        assert kept.child is not None
        kept.child.process.kill()
        begun = time.monotonic()
        await asyncio.sleep(LOOK_SECONDS * 5)  # a commit that was on its way may still arrive
        await moved(connection, await connection.fetchval(running.READ))
        waited = time.monotonic() - begun
        scope.say(f"killed; moving again after {waited:.1f} s")
        return waited
    finally:
        await connection.close()


async def moved(connection: "asyncpg.Connection[asyncpg.Record]", known: int) -> None:
    """Wait until the database has more records than these."""
    async with asyncio.timeout(END_SECONDS):
        while await connection.fetchval(running.READ) <= known:  # noqa: ASYNC110  another process
            await asyncio.sleep(LOOK_SECONDS)


async def caught_up(dsn: str, events: int) -> None:
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        await moved(connection, events - 1)
        await asyncio.sleep(TOLD_SECONDS)
    finally:
        await connection.close()


async def published(bootstrap_servers: str) -> list[int]:
    """The number of MSMEs at every watermark, in the order of the topic of cells: what any reader of it has seen."""
    consumer = AIOKafkaConsumer(topics.cells("onboarding"), bootstrap_servers=bootstrap_servers, auto_offset_reset="earliest")
    await consumer.start()
    cells: dict[bytes, int] = {}
    totals: list[int] = []
    try:
        (place,) = consumer.assignment()
        end = (await consumer.end_offsets([place]))[place]
        while await consumer.position(place) < end:
            for record in (await consumer.getmany(timeout_ms=1_000)).get(place, []):
                take(record.key, orjson.loads(record.value), cells, totals)
    finally:
        await consumer.stop()
    return totals


def take(key: bytes, told: dict[str, object], cells: dict[bytes, int], totals: list[int]) -> None:
    if told["kind"] == "listing":
        measures = told["measures"]
        assert isinstance(measures, list)
        cells[key] = int(measures[ONBOARDED])
    elif told["kind"] == "watermark":
        totals.append(sum(cells.values()))
