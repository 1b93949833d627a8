"""Whether what we tell is what follows from what we know: a service's database comes in, what differs goes out, and an alarm.

In the background of every process, at one snapshot and without any lock of a batch, in at most a twentieth of the time; and by
command. Readiness does not hang on it: wrong numbers do not become better by a restart.
"""

import asyncio
from collections.abc import Sequence
from time import monotonic

import structlog
from prometheus_client import Gauge

from shared.messaging.rooms import Rooms
from shared.postgres.connection import Connection, Pool
from shared.repair.recounting import QUERIES
from shared.repair.tables import Difference

log = structlog.get_logger(__name__)
DIVERGENCE = Gauge("denyut_verify_divergence", "Numbers that were not what follows from the facts, at the last check")
CHECKED = Gauge("denyut_verify_timestamp_seconds", "When the last check of this process ended (Unix time)")
CHECKS = 7_006  # advisory lock of whoever checks
SHARE = 20  # of the time, one part may be spent on checking
FIRST = 10  # the first check comes after so much less than the others: a process may not live long


async def keep(rooms: Rooms, pool: Pool, every_seconds: float) -> None:
    """Check again and again, for ever; what prevents a check is said."""
    await asyncio.sleep(every_seconds / FIRST)
    while True:
        began = monotonic()
        try:
            await alarm(rooms, pool)
        except Exception as error:
            log.warning("verify_not_done", error=repr(error)[:300])
        await asyncio.sleep(max(every_seconds, SHARE * (monotonic() - began)))


async def alarm(rooms: Rooms, pool: Pool) -> Sequence[Difference] | None:
    """Check once and say what came of it; None where another process is checking."""
    async with pool.acquire() as connection:  # when it is given back its lock goes
        if not await connection.fetchval(QUERIES.take_turn, CHECKS):
            return None
        found = await differences(rooms, connection)
    DIVERGENCE.set(len(found))
    CHECKED.set_to_current_time()
    if found:
        first = found[0]
        log.error("verify_failed", differences=len(found), table=first.table, key=first.key, told=first.told, counted=first.counted)
    else:
        log.info("verified")
    return found


async def differences(rooms: Rooms, connection: Connection) -> Sequence[Difference]:
    """All that is not what it follows from, at one instant."""
    async with connection.transaction(isolation="repeatable_read"):
        found = await rooms.check(connection)
        unbalanced = await connection.fetch(QUERIES.list_unbalanced)
    return [*found, *(Difference(row["name"], tuple(row["key"]), tuple(row["told"]), tuple(row["counted"])) for row in unbalanced)]
