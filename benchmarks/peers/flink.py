"""Flink SQL, in one process: the register's topics come in; listings, our cells of listings and MSMEs, and totals in PostgreSQL go out.

The job is `flink.sql`. It does less than our service: it checks nothing, does not count MSMEs by platform, knows no offboarding, no
links, no publishers that state the same listing and no receipts, and what it publishes on its way may go back. Settings: the best of
six that were tried on a smaller job, with 228 cells.
"""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import asyncpg

from benchmarks.peers import jvm, peer
from benchmarks.register import PLATFORMS
from benchmarks.running import Backfilled
from benchmarks.servers import Servers
from deploy.local import child
from deploy.local.child import Child
from deploy.local.private import write
from shared.events import topics
from shared.postgres import queries

SQL = queries.load(Path(__file__).with_name("compare.sql"))
SETTINGS = {
    "parallelism.default": "2",
    "pipeline.object-reuse": "true",
    "table.exec.mini-batch.enabled": "true",
    "table.exec.mini-batch.allow-latency": "500 ms",
    "table.exec.mini-batch.size": "5000",
    "table.optimizer.agg-phase-strategy": "TWO_PHASE",
    "execution.checkpointing.interval": "10 s",
    "restart-strategy.type": "none",
}
FLUSH = {"sink.buffer-flush.max-rows": "5000", "sink.buffer-flush.interval": "1 s"}
OPENED = "The first record can be fetched now."
LOOK_SECONDS, QUIET_SECONDS, STOP_SECONDS = 0.1, 20, 20
JOB, SOURCE = Path(__file__).with_name("flink.sql"), Path(__file__).with_name("Job.java")

Cells = Counter[tuple[Any, ...]]
Rows = Iterable[Iterable[Any]]
Watching: TypeAlias = "asyncpg.Connection[asyncpg.Record]"


@dataclass(frozen=True, slots=True)
class Figures:
    """By cell: listings, MSMEs, and the listings that are stored."""

    listings: Cells
    msmes: Cells
    stored: Cells

    def apart(self, other: "Figures") -> int:
        """How many listings and MSMEs are not where the other has them."""
        pairs = ((self.listings, other.listings), (self.msmes, other.msmes), (self.stored, other.stored))
        return sum(abs(one[cell] - two[cell]) for one, two in pairs for cell in one.keys() | two.keys())

    @property
    def totals(self) -> tuple[int, int]:
        return self.listings.total(), self.msmes.total()


async def ours(dsn: str) -> Figures:
    """What our service made of the same events."""
    connection = await asyncpg.connect(dsn, timeout=30)
    try:
        cells = [tuple(row) for row in await connection.fetch(SQL.ours)]
    finally:
        await connection.close()
    return figures(cells, [cell[:-1] for cell in cells])


async def theirs(watching: Watching) -> Figures:
    return figures(await watching.fetch(SQL.theirs), await watching.fetch(SQL.their_listings))


def figures(cells: Rows, stored: Rows) -> Figures:
    listings = {tuple(dimensions): int(number) for *dimensions, number, _ in cells}
    msmes = {tuple(dimensions): int(number) for *dimensions, _, number in cells}
    return Figures(Counter(listings), Counter(msmes), Counter({tuple(dimensions): int(number) for *dimensions, number in stored}))


async def run(servers: Servers, jars: Path, dsn: str, right: Figures, *, events: int, timeout_seconds: float) -> tuple[Backfilled, int]:
    """Until its figures are ours, or do not change any more; how far they are from ours in the end."""
    watching = await asyncpg.connect(dsn, timeout=30)
    try:
        await watching.execute(SQL.tables)
        async with asyncio.timeout(timeout_seconds + peer.START_SECONDS), job(servers, jars, dsn) as process:
            found = await peer.measure(servers, process, OPENED, watching, lambda: until(watching, process, right), events=events)
        return found, (await theirs(watching)).apart(right)
    finally:
        await watching.close()


async def until(watching: Watching, process: Child, right: Figures) -> float:
    """When its totals changed last; cells and rows, which take long to read, are looked at when the totals are right."""
    changed, known = time.monotonic(), None
    while time.monotonic() - changed < QUIET_SECONDS:
        looked = time.monotonic()
        seen = await watching.fetchrow(SQL.their_totals)
        if seen != known:
            changed, known = looked, seen
        if seen is not None and tuple(seen) == right.totals and not (await theirs(watching)).apart(right):
            return looked
        if not process.lives():
            raise peer.ended(process)
        await asyncio.sleep(LOOK_SECONDS)
    return changed


@asynccontextmanager
async def job(servers: Servers, jars: Path, dsn: str) -> AsyncIterator[Child]:
    """The job compiled and running, its two cores and its memory in one process."""
    home = servers.private.folder / urlsplit(dsn).path.lstrip("/")
    home.mkdir()
    await compiled(jars, home)
    write(home / JOB.name, statements(servers, dsn))
    settings = {**SETTINGS, "execution.checkpointing.dir": (home / "checkpoints").as_uri()}
    opened = [f"--add-opens=java.base/java.{package}=ALL-UNNAMED" for package in ("lang", "util", "time")]
    command = [*jvm.command(f"{jars}/*:{home}", "-Xmx4g", *opened), "Job", home / JOB.name, *map("=".join, settings.items())]
    process = child.start("flink", command, servers.private.log("flink"), folder=home)
    try:
        yield process
    finally:
        await child.stop(process, signal.SIGTERM, STOP_SECONDS)


async def compiled(jars: Path, home: Path) -> None:
    compiling = child.start("javac", [jvm.tool("javac"), "-cp", f"{jars}/*", "-d", home, SOURCE], home / "javac.log")
    if await asyncio.wait_for(child.ended(compiling), peer.START_SECONDS) != 0:
        raise RuntimeError(f"{SOURCE.name} cannot be compiled: {compiling.said()}")


def statements(servers: Servers, dsn: str) -> str:
    at = urlsplit(dsn)
    url = f"jdbc:postgresql://{at.hostname}:{at.port}{at.path}?reWriteBatchedInserts=true"
    options = {"connector": "jdbc", "url": url, "username": at.username, "password": at.password, **FLUSH}
    names = {
        "{topics}": ";".join(topics.inbound("onboarding", platform) for platform in PLATFORMS),
        "{kafka}": servers.kafka.bootstrap,
        "{postgres}": ", ".join(f"'{name}' = '{value}'" for name, value in options.items()),
    }
    said = JOB.read_text(encoding="utf-8")
    for name, value in names.items():
        said = said.replace(name, value)
    return said
