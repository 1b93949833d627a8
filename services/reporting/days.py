"""What time alone changes: a new day comes, figures of now (the present month, closed periods, targets) are published anew."""

import asyncio
from collections.abc import Callable

import structlog

from services.reporting import projection
from shared.messaging.batch import QUERIES as BATCH
from shared.postgres import errors
from shared.postgres.connection import Pool

log = structlog.get_logger(__name__)
QUERIES = projection.QUERIES
LOOK_SECONDS = 20
FAILED_SECONDS = 2


async def follow(pool: Pool, published: Callable[[], None]) -> None:
    """Publish once at the start (definitions may be new), then on every new day; for ever."""
    started = False
    while True:
        try:
            if not started or await pool.fetchval(QUERIES.day) < projection.today():
                await publish(pool)
                started = True
                published()
            await asyncio.sleep(LOOK_SECONDS)
        except Exception as error:
            log.warning("day_not_followed", error=repr(error)[:300], passing=errors.is_passing(error))
            await asyncio.sleep(FAILED_SECONDS)


async def publish(pool: Pool) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute(BATCH.lock)
        await projection.publish(connection, projection.today())
