"""The service as it runs in production: a database and full topics come in, how long it took and what it cost go out."""

import asyncio
import functools
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from benchmarks import usage
from benchmarks.servers import Servers
from deploy.local import ask, child, services
from deploy.local.child import Child
from deploy.local.services import Service

READY_SECONDS = 60
STOP_SECONDS = 20
LOOK_SECONDS = 0.02
SUMS = "select coalesce(sum(listings), 0)::bigint, coalesce(sum(onboarded), 0)::bigint from listing_cell"
READ = "select coalesce(sum(next_offset), 0)::bigint from position"


@dataclass(frozen=True, slots=True)
class Backfilled:
    """From the first fetch to the last commit. CPU in microseconds an event: of the process, of PostgreSQL, of Kafka."""

    events: int
    seconds: float
    peak_bytes: int
    service_us: float
    postgres_us: float
    kafka_us: float
    wal_bytes: int

    @property
    def rate(self) -> float:
        return self.events / self.seconds


@asynccontextmanager
async def service(servers: Servers, name: str, dsn: str, command: tuple[str, ...] = ()) -> AsyncIterator[tuple[Child, str]]:
    """One process of a service, and its address; asked to stop at the end. With a `command` the name is only its log's and its port's."""
    program = Service(name, command or command_of(name))
    child_of, port = services.start(servers.private, program, servers.kafka.bootstrap, dsn)
    try:
        yield child_of, f"http://127.0.0.1:{port}"
    finally:
        await child.stop(child_of, signal.SIGTERM, STOP_SECONDS)


def command_of(name: str) -> tuple[str, ...]:
    return next(one.command for one in services.SERVICES if one.name == name)


async def backfill(servers: Servers, dsn: str, events: int, timeout_seconds: float) -> Backfilled:
    """Start the service on this database and wait until it has committed so many records more than the database knew."""
    watching = await asyncpg.connect(dsn, timeout=30)
    try:
        known: int = await watching.fetchval(READ)
        async with asyncio.timeout(timeout_seconds + READY_SECONDS), service(servers, "onboarding", dsn) as (process, address):
            begun = await before_first_fetch(address, watching, known, process)
            costs = Costs(servers, process.pid)
            wal = await watching.fetchval("select pg_current_wal_insert_lsn()")
            await until(watching, known + events, process)
            seconds = time.monotonic() - begun
            written: Any = await watching.fetchval("select (pg_current_wal_insert_lsn() - $1::pg_lsn)::bigint", wal)
            return Backfilled(events, seconds, usage.peak_bytes(process.pid), *costs.since(events), int(written))
    finally:
        await watching.close()


async def before_first_fetch(address: str, watching: Any, known: int, process: Child) -> float:
    """The last moment at which the process had no partitions yet: it can have fetched nothing before."""
    last = time.monotonic()
    while process.lives():
        asked = time.monotonic()
        answer = await ask.get(f"{address}/readyz")
        if (answer is not None and answer[0] == 200) or await watching.fetchval(READ) > known:
            return last
        last = asked
        await asyncio.sleep(LOOK_SECONDS)
    raise RuntimeError(f"the service ended: {child.last_line(process)}")


async def sums_of(dsn: str) -> tuple[int, ...]:
    """Listings and MSMEs, as its cells have them."""
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        return tuple(await connection.fetchrow(SUMS) or ())
    finally:
        await connection.close()


async def until(watching: Any, records: int, process: Child) -> None:
    while await watching.fetchval(READ) < records:
        if not process.lives():
            raise RuntimeError(f"the service ended: {child.last_line(process)}")
        await asyncio.sleep(LOOK_SECONDS)


class Costs:
    """CPU from now on."""

    def __init__(self, servers: Servers, pid: int) -> None:
        assert servers.postgres.child is not None
        self.looks = (
            functools.partial(usage.cpu_seconds, pid),
            functools.partial(usage.tree_cpu_seconds, servers.postgres.child.pid),
            functools.partial(usage.cpu_seconds, servers.kafka.child.pid),
        )
        self.before = [look() for look in self.looks]

    def since(self, events: int) -> tuple[float, float, float]:
        service, server, broker = [(look() - before) / events * 1e6 for look, before in zip(self.looks, self.before, strict=True)]
        return service, server, broker
