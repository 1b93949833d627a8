"""Who may tell: a lock, a database and a broker come in; one elected session at a time goes out, with a producer of its own.

A session that lost its lock or its broker starts over with fresh connections: an idempotent producer that met a sequence error
does not recover, and a relay that slept must not go on as if it were still the one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

import asyncpg
import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from confluent_kafka import KafkaException

from shared.postgres import errors
from shared.postgres.connection import Connection

log = structlog.get_logger(__name__)
SEND_SECONDS = 30
ONLY_PARTITION = 0
CELLS, REJECTIONS, PROGRESS = 7_002, 7_003, 7_004  # advisory locks of sessions
Tell = Callable[[Connection, AIOKafkaProducer], Awaitable[None]]


async def keep_telling(dsn: str, bootstrap_servers: str, lock: int, tell: Tell) -> None:
    """Run `tell` in one elected session after the other, until cancelled."""
    while True:
        try:
            await session(dsn, bootstrap_servers, lock, tell)
        except Exception as error:
            if not is_expected(error):
                raise
            log.warning("relay_starts_over", lock=lock, error=repr(error)[:300])
        await asyncio.sleep(1)


def is_expected(error: Exception) -> bool:
    """True where the database or the broker was away, or the session was ended: a fresh one goes on."""
    return isinstance(error, KafkaError | KafkaException | asyncpg.PostgresError) or errors.is_passing(error)


async def session(dsn: str, bootstrap_servers: str, lock: int, tell: Tell) -> None:
    """Wait for the lock, then tell with a producer of this session."""
    settings = {"application_name": f"relay-{lock}", "jit": "off", "idle_session_timeout": "60s"}
    connection = await asyncpg.connect(dsn, timeout=5, command_timeout=60, server_settings=settings)
    try:
        while True:
            if await connection.fetchval("select pg_try_advisory_lock($1)", lock):
                break
            await asyncio.sleep(1)
        producer = open_producer(bootstrap_servers)
        try:
            await asyncio.wait_for(producer.start(), SEND_SECONDS)
            await tell(connection, producer)
        finally:
            with suppress(TimeoutError, KafkaError):
                await asyncio.wait_for(producer.stop(), 2)
    finally:
        connection.terminate()


def open_producer(bootstrap_servers: str) -> AIOKafkaProducer:
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap_servers,
        enable_idempotence=True,
        acks="all",
        compression_type="lz4",
        linger_ms=2,
        max_batch_size=256 * 1024,
        max_request_size=8 * 1024 * 1024,
        request_timeout_ms=30_000,
        metadata_max_age_ms=30_000,
    )


async def send(producer: AIOKafkaProducer, messages: Sequence[tuple[str, bytes, bytes]]) -> None:
    """Send (topic, key, value) in order and wait until the broker has all.

    Our topics have one partition. One that the broker made by itself may have more, and only in one does order hold.
    """
    async with asyncio.timeout(SEND_SECONDS):
        futures = [await producer.send(topic, key=key, value=value, partition=ONLY_PARTITION) for topic, key, value in messages]
        await asyncio.gather(*futures)
