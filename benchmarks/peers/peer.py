"""A program of somebody else beside ours: its process comes in, what it took and cost from its first fetch on goes out."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import asyncpg

from benchmarks import usage
from benchmarks.running import LOOK_SECONDS, Backfilled, Costs
from benchmarks.servers import Servers
from deploy.local import child
from deploy.local.child import Child

START_SECONDS = 120
LSN = "select pg_current_wal_insert_lsn()"
WRITTEN = "select (pg_current_wal_insert_lsn() - $1::pg_lsn)::bigint"


async def measure(
    servers: Servers,
    process: Child,
    begins: str,
    watching: "asyncpg.Connection[asyncpg.Record]",
    ends: Callable[[], Awaitable[float]],
    *,
    events: int,
) -> Backfilled:
    """From the word in its log that comes before its first fetch, until `ends` says when it had written everything."""
    async with asyncio.timeout(START_SECONDS):
        begun = await before(process, begins)
    costs, wal = Costs(servers, process.pid), await watching.fetchval(LSN)
    seconds = await ends() - begun
    written = await watching.fetchval(WRITTEN, wal)
    return Backfilled(events, seconds, usage.peak_bytes(process.pid), *costs.since(events), int(written))


async def before(process: Child, word: str) -> float:
    """The last moment at which it had not said this yet."""
    last = time.monotonic()
    while process.lives():
        looked = time.monotonic()
        if word in process.said():
            return last
        last = looked
        await asyncio.sleep(LOOK_SECONDS)
    raise ended(process)


def ended(process: Child) -> RuntimeError:
    """Why: the innermost cause that Java named, as its log goes away with the servers."""
    causes = [line for line in process.said().splitlines() if line.startswith("Caused by")]
    return RuntimeError(f"{process.name} ended: {causes[-1] if causes else child.last_line(process)}")
