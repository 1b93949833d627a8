"""A projection made anew from the log while live goes on: a service comes in, a swapped projection or what differs goes out.

Into a schema beside the live one, round after round, until little is left; then under live's merge lock exactly to live's positions.
There both are compared, cell by cell. Equal, or accepted: the shadow becomes live in one transaction, under a new generation, and cells
that only the old state had are told as 0. Else live stays as it is. A rebuild that is killed leaves a schema that the next one removes.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import asyncpg
import structlog

from shared.messaging.batch import QUERIES as BATCH
from shared.messaging.batch import Applier
from shared.messaging.registry import Registry
from shared.messaging.rooms import Rooms
from shared.postgres.codes import Codes
from shared.postgres.connection import Connection
from shared.postgres.pool import open_pool
from shared.postgres.positions import Partition
from shared.repair import shadow, tables
from shared.repair.recounting import QUERIES as CHECKING
from shared.repair.replaying import LogUnreadable, Replaying, open_log
from shared.repair.shadow import QUERIES
from shared.repair.tables import Difference
from shared.repair.verify import CHECKS
from shared.runtime import clock
from shared.runtime.settings import Settings

log = structlog.get_logger(__name__)
REBUILDS = 7_005  # advisory lock of whoever rebuilds
ROUNDS = 50
LITTLE = 5_000  # records that are left to read under the lock
LOCKED_SECONDS = 20  # live waits so long at most: its own patience is 30 s
FORGET_TRIES = 5


class Refused(Exception):
    """The rebuild was not done, and live is as it was."""


class Differs(Exception):
    """The rebuilt projection is not the live one; live is as it was."""

    def __init__(self, found: Sequence[Difference]) -> None:
        super().__init__(f"{len(found)} differences")
        self.found = found


@dataclass(slots=True)
class Rebuild:
    """`connection` sees both projections and swaps them; `replaying` writes to the shadow over a pool of its own."""

    rooms: Rooms
    connection: Connection
    replaying: Replaying
    accept: bool

    async def run(self) -> Sequence[Difference]:
        """Catch up, then swap; the differences that were accepted come back. Raises Differs."""
        for _ in range(ROUNDS):
            targets = await self.targets()
            log.info("rebuild_reads", records=self.replaying.behind(targets))
            await self.replaying.read_to(targets)
            if self.replaying.behind(await self.targets()) > LITTLE:
                continue
            await self.adopt_publishers()
            await shadow.analyze(self.connection)
            with suppress(TimeoutError):
                return await self.finish()
            log.warning("rebuild_lets_live_go_on", seconds=LOCKED_SECONDS)
        raise Refused("live reads faster than this can follow: try again at a quieter time")

    async def targets(self) -> dict[Partition, int]:
        rows = await self.connection.fetch(QUERIES.list_positions)
        return {(row["topic"], row["partition"]): row["next_offset"] for row in rows}

    async def finish(self) -> Sequence[Difference]:
        """While live waits: the last records, the comparison, the swap. Raises TimeoutError where that takes too long for live."""
        async with self.connection.transaction():
            await self.connection.execute(CHECKING.wait_for_turn, CHECKS)  # a check reads the tables that are to be renamed
            await self.connection.execute(BATCH.lock)
            async with asyncio.timeout(LOCKED_SECONDS):
                await self.replaying.read_to(await self.targets())
                await self.connection.execute(QUERIES.hold_beginnings)
                await self.connection.execute(QUERIES.adopt_beginnings)
                await self.adopt_publishers()
                found = await self.compare()
                if found and not self.accept:
                    raise Differs(found)
                generation = await shadow.swap(self.connection, self.rooms)
                if self.rooms.keeps:  # what was kept has to follow from what was rebuilt
                    number = await self.connection.fetchval(BATCH.next_number)
                    await self.rooms.recount(self.connection, number, clock.present_month())
        log.info("rebuilt", generation=generation, differences=len(found))
        return found

    async def adopt_publishers(self) -> None:
        """Who counts is as live has it, whatever the registry said while the log was read."""
        async with self.replaying.applier.pool.acquire() as connection, connection.transaction():
            if await connection.fetchval(QUERIES.adopt_publishers):
                await self.rooms.recount(connection, await connection.fetchval(BATCH.next_number), clock.present_month())

    async def compare(self) -> list[Difference]:
        found = []
        for table in self.rooms.compares:
            await shadow.look_at(self.connection, shadow.LIVE)
            told = await tables.read(self.connection, table)
            await shadow.look_at(self.connection, shadow.SHADOW)
            different = tables.differences(table, told, await tables.read(self.connection, table))
            found += [await tables.named(self.connection, table, one) for one in different]
        await shadow.look_at(self.connection, shadow.LIVE)
        return found


async def rebuild(rooms: Rooms, settings: Settings, *, accept: bool) -> Sequence[Difference]:
    """Rebuild a service's projection and swap it in. Raises Differs, Refused or LogUnreadable: then nothing was changed."""
    async with connected(settings.database) as connection:
        if not await connection.fetchval(CHECKING.take_turn, REBUILDS):
            raise Refused("another rebuild of this service runs")
        await shadow.make(connection, settings.database, rooms.migrations)
        async with replaying(rooms, settings) as reading:
            found = await Rebuild(rooms, connection, reading, accept).run()
        await forget(connection)
        return found


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[Connection]:
    limits = {
        "application_name": "rebuild",
        "jit": "off",
        "lock_timeout": "10s",
        "idle_in_transaction_session_timeout": "60s",
        "timezone": "UTC",
    }
    connection = await asyncpg.connect(dsn, timeout=10, command_timeout=120, server_settings=limits)
    try:
        yield connection
    finally:
        connection.terminate()


@asynccontextmanager
async def replaying(rooms: Rooms, settings: Settings) -> AsyncIterator[Replaying]:
    codes = Codes()
    registry = Registry(settings.publishers, rooms.streams[0], settings.unregistered, codes)
    pool = await open_pool(shadow.address(settings.database, "shadow", "public"), "rebuild", prepare=rooms.prepare)
    kafka = open_log(settings.kafka)
    try:
        await asyncio.wait_for(kafka.start(), 60)
        yield Replaying(kafka, Applier(rooms.projection(registry), pool, registry, codes, alone=True))
    finally:
        with suppress(TimeoutError):
            await asyncio.wait_for(kafka.stop(), 5)
        pool.terminate()


async def forget(connection: Connection) -> None:
    """Drop what was live; whoever reads it to its end is waited for, and else the next rebuild does it."""
    for _ in range(FORGET_TRIES):
        try:
            await connection.execute(QUERIES.forget_retired)
            return
        except (asyncpg.PostgresError, TimeoutError) as error:
            log.info("retired_projection_is_read", error=repr(error)[:200])
    log.warning("retired_projection_stays")


__all__ = ["Differs", "LogUnreadable", "Refused", "rebuild"]
